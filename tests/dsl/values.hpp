// SPDX-License-Identifier: MIT
// Small tensors whose numbers are worked out by hand, and what tests of the language ask of expressions.
#pragma once
#include <array>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

namespace kd::test {

using namespace kd::axes;

/// Whether an expression has these axes and no others.
template <class E, class... Axes>
constexpr bool has_exactly(const E&, Axes...) {
  return E::axes.size == sizeof...(Axes) && (E::axes.has(Axes::name) && ...);
}

inline constexpr auto x = student<"x", batch, classes>;
inline constexpr auto z = teacher<"z", batch, classes>;
inline constexpr auto y = labels<"y", batch>;
inline constexpr auto map = student<"map", batch, channel, height, width>;

inline const std::array<double, 6> x_values{1, -2, 3, 0, 5, 4};
inline const std::array<double, 6> z_values{3, 1, 2, 2, 2, 2};
inline const auto X = tensor(x_values.data(), {2, 3});
inline const auto Z = tensor(z_values.data(), {2, 3});
inline const std::array<int, 2> Y{2, 0};

/// The value of an objective by the specification.
template <class Objective, class... Bindings>
double value_of(const Objective& objective, const Bindings&... bindings) {
  return evaluate(objective, kd::reference, bindings...).value();
}
inline auto close_to(double expected) { return Approx(expected).epsilon(1e-12).margin(1e-14); }

}  // namespace kd::test
