// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {

/// warmup(f, s)(p) = s(0) p / f for p < f, then s over the rest:  s((p - f) / (1 - f)).
/// Throws value_error unless 0 <= fraction < 1.
constexpr schedule warmup(double fraction, const schedule& then) {
  if (!(fraction >= 0 && fraction < 1))
    throw value_error("kd: warmup needs a fraction of training in [0, 1)");
  return schedule::over(
      [](const schedule& s, int n, double p) {
        const double f = s.first(n);
        return p < f ? s.value(s.left(n), 0) * p / f : s.value(s.left(n), (p - f) / (1 - f));
      },
      then, fraction);
}

}  // namespace kd
