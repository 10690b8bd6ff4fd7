// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {

/// linear(a, b)(p) = a + (b - a) p
constexpr schedule linear(double from, double to) {
  return schedule([](const schedule& s, int n,
                     double p) { return s.first(n) + (s.second(n) - s.first(n)) * p; },
                  from, to);
}

}  // namespace kd
