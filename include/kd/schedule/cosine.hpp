// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>

#include <kd/schedule/schedule.hpp>

namespace kd {

/// cosine(a, b)(p) = b + (a - b) (1 + cos(pi p)) / 2:  slow at both ends.
/// Loshchilov, Hutter. SGDR: Stochastic Gradient Descent with Warm Restarts. ICLR 2017, equation 5,
/// without restarts.
constexpr schedule cosine(double from, double to) {
  return schedule(
      [](const schedule& s, int n, double p) {
        return s.second(n) +
               (s.first(n) - s.second(n)) * (1 + std::cos(3.14159265358979323846 * p)) / 2;
      },
      from, to);
}

}  // namespace kd
