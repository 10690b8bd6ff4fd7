// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>

#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind linear_kind{
    "linear", {{"from", &in::finite}, {"to", &in::finite}}, [](schedule_part s, double p) {
      return std::lerp(s[0], s[1], p);
    }};
}  // namespace detail

/// linear(a, b)(p) = a + (b - a) p:  straight; exactly a at 0 and b at 1.
/// Throws value_error unless both are finite.
constexpr schedule linear(double from, double to) { return {detail::linear_kind, {from, to}}; }
constexpr schedule linear(std::convertible_to<double> auto only) {
  return detail::schedule_has_two_ends<false>(only);
}

}  // namespace kd
