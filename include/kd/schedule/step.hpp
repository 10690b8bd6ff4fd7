// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/breakpoints.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind step_kind{
    "step",
    {{"progress", &in::progress}, {"value", &in::finite}},
    [](schedule_part s, double p) { return p >= s[0] || !s.left().exists() ? s[1] : s.left()(p); },
    notation::breakpoints};
}  // namespace detail

/// step({{p1, v1}, {p2, v2}, ...})(p) = the value of the last breakpoint at or before p, and v1
/// before p1.
/// Throws value_error unless there is a breakpoint, all lie in [0, 1] in ascending order and all
/// values are finite. With epochs: const kd::timeline epoch(90); step({{0, 1}, {epoch(30), 0.1}}).
constexpr schedule step(std::initializer_list<breakpoint> points) {
  return detail::with_breakpoints(detail::step_kind, points);
}

}  // namespace kd
