// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>

#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind exponential_kind{
    "exponential", {{"from", &in::positive}, {"to", &in::positive}}, [](schedule_part s, double p) {
      return std::pow(s[0], 1 - p) * std::pow(s[1], p);
    }};
}  // namespace detail

/// exponential(a, b)(p) = a^(1 - p) b^p:  the same factor over equal lengths.
/// Throws value_error unless both are positive and finite.
constexpr schedule exponential(double from, double to) {
  return {detail::exponential_kind, {from, to}};
}
constexpr schedule exponential(std::convertible_to<double> auto only) {
  return detail::schedule_has_two_ends<false>(only);
}

}  // namespace kd
