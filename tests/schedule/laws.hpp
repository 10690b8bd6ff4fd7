// SPDX-License-Identifier: MIT
// What schedules are checked for beside their values.
#pragma once
#include <cmath>

#include <kd/schedule/schedule.hpp>

#include "support/catch.hpp"

namespace kd::test {

/// The largest change over 1/1000 of training: small where a schedule is continuous.
inline double largest_jump(const schedule& s) {
  double largest = 0;
  for (int i = 0; i < 1000; ++i)
    largest = std::fmax(largest, std::fabs(s((i + 1) / 1000.0) - s(i / 1000.0)));
  return largest;
}

/// From `from` at 0 to `to` at 1, both to the bit; never turning back, without jumps; outside of
/// training as at its ends.
inline void check_goes(const schedule& s, double from, double to) {
  CHECK(s(0) == from);
  CHECK(s(1) == to);
  CHECK(s(-3) == from);
  CHECK(s(7) == to);
  bool monotone = true;
  for (int i = 0; i < 1000; ++i) {
    const double change = s((i + 1) / 1000.0) - s(i / 1000.0);
    monotone = monotone && (to < from ? change <= 0 : change >= 0);
  }
  CHECK(monotone);
  CHECK(largest_jump(s) <= 0.05 * std::fabs(to - from));
}

}  // namespace kd::test
