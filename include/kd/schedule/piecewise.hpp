// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>

#include <kd/schedule/breakpoints.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind piecewise_kind{
    "piecewise",
    {{"progress", &in::progress}, {"value", &in::finite}},
    [](schedule_part s, double p) {
      const schedule_part before = s.left();
      if (p >= s[0] || !before.exists()) return s[1];
      if (p < before[0]) return before(p);
      return std::lerp(before[1], s[1], (p - before[0]) / (s[0] - before[0]));
    },
    notation::breakpoints};
}  // namespace detail

/// piecewise({{p1, v1}, {p2, v2}, ...})(p):  straight lines between breakpoints; v1 before the
/// first and the last value after the last.
/// Throws value_error unless there is a breakpoint, all lie in [0, 1] in ascending order and all
/// values are finite. With epochs: const kd::timeline epoch(90); {epoch(5), 0.1}.
constexpr schedule piecewise(std::initializer_list<breakpoint> points) {
  return detail::with_breakpoints(detail::piecewise_kind, points);
}

}  // namespace kd
