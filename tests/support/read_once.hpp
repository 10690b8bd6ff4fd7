// SPDX-License-Identifier: MIT
// Whether a formula reads each of its arguments once.
#pragma once
#include <algorithm>

#include <kd/kd.hpp>
#include "support/catch.hpp"

namespace kd::test {

template <class Objective>
kd::detail::graph graph_of(const Objective&) {
  return kd::detail::lower<Objective>().g;
}

/// The first node that differs, but for numbers in place of constants; -1 if there is none.
inline int first_difference(const kd::detail::graph& numbers, const kd::detail::graph& constants) {
  using kd::detail::op;
  for (int i = 0; i < numbers.size && i < constants.size; ++i) {
    kd::detail::node n = numbers[i], c = constants[i];
    if (n.code == op::slot && c.code == op::constant) n = c;
    n.payload = n.code == op::slot ? c.payload : n.payload;  // slots are numbered as they are met
    if (!(n == c)) return i;
  }
  return numbers.size == constants.size ? -1 : std::min(numbers.size, constants.size);
}

/// The graphs of formula(7.0 * inputs...) and formula(7_c * inputs...) differ by their scalars
/// alone: one for each input, and those that formula(inputs...) has for its options.
template <class Formula, class... Inputs>
void check_once(const char* name, const Formula& formula, int options, const Inputs&... inputs) {
  INFO(name);
  const auto bare = graph_of(formula(inputs...)), numbers = graph_of(formula((7.0 * inputs)...));
  const auto constants = [&]<long long... I>(std::integer_sequence<long long, I...>) {
    return graph_of(formula((kd::constant_of<7 + I> * inputs)...));
  }
  (std::make_integer_sequence<long long, sizeof...(Inputs)>{});
  CHECK(bare.slots == options);
  CHECK(numbers.slots == options + static_cast<int>(sizeof...(Inputs)));
  CHECK(first_difference(numbers, constants) == -1);
}

}  // namespace kd::test
