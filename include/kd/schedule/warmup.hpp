// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind warmup_kind{
    "warmup",
    {{"fraction", &in::progress_below_1}, {"then", &in::any_schedule}},
    [](schedule_part s, double p) {
      const double f = s[0];
      return p < f ? s.left()(0) * p / f : s.left()((p - f) / (1 - f));
    }};
}  // namespace detail

/// warmup(f, s)(p) = s(0) p / f for p < f, then s over the rest:  s((p - f) / (1 - f)).
/// Throws value_error unless 0 <= f < 1.
/// Goyal et al. Accurate, Large Minibatch SGD. 2017, arXiv:1706.02677, section 2.2, from 0.
constexpr schedule warmup(double fraction, const schedule& then) {
  return {detail::warmup_kind, {fraction}, then};
}

}  // namespace kd
