// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>
#include <numbers>

#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind cosine_kind{
    "cosine", {{"from", &in::finite}, {"to", &in::finite}}, [](schedule_part s, double p) {
      return std::lerp(s[0], s[1], (1 - std::cos(std::numbers::pi * p)) / 2);
    }};
}  // namespace detail

/// cosine(a, b)(p) = a + (b - a) (1 - cos(pi p)) / 2:  slow at both ends.
/// Throws value_error unless both are finite.
/// Loshchilov, Hutter. SGDR: Stochastic Gradient Descent with Warm Restarts. ICLR 2017, equation 5,
/// without restarts; with them it is cyclic(n, cosine(a, b)).
constexpr schedule cosine(double from, double to) { return {detail::cosine_kind, {from, to}}; }
constexpr schedule cosine(std::convertible_to<double> auto only) {
  return detail::schedule_has_two_ends<false>(only);
}

}  // namespace kd
