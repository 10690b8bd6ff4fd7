// SPDX-License-Identifier: MIT
// What step and piecewise share: a list of points, each a part over the one before.
#pragma once
#include <initializer_list>

#include <kd/schedule/schedule.hpp>

namespace kd {

/// From this progress on, this value.
struct breakpoint {
  double progress = 0, value = 0;
};

namespace detail {

/// Appends a point. Throws value_error unless it lies in [0, 1] and after the one before.
constexpr schedule with_breakpoint(const schedule& before, const schedule_kind& kind,
                                   double progress, double value) {
  if (progress <= before.root()[0])
    throw value_error("kd: " + signature(kind) + " has a breakpoint at " + shortest(progress) +
                      " after one at " + shortest(before.root()[0]) + "; put them in order");
  return {kind, {progress, value}, before};
}

constexpr schedule with_breakpoints(const schedule_kind& kind,
                                    std::initializer_list<breakpoint> points) {
  if (points.size() == 0)
    throw value_error("kd: " + signature(kind) + " has no breakpoint; give it one, {{0, 1}}");
  const breakpoint* b = points.begin();
  schedule s(kind, {b->progress, b->value});
  while (++b != points.end()) s = with_breakpoint(s, kind, b->progress, b->value);
  return s;
}

}  // namespace detail
}  // namespace kd
