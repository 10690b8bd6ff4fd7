// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind hold_kind{
    "hold",
    {{"fraction", &in::progress_below_1}, {"then", &in::any_schedule}},
    [](schedule_part s, double p) {
      const double f = s[0];
      return s.left()(p < f ? 0 : (p - f) / (1 - f));
    }};
}  // namespace detail

/// hold(f, s)(p) = s(0) for p < f, then s over the rest:  s((p - f) / (1 - f)).
/// Throws value_error unless 0 <= f < 1. To stay at the end: then(f, s, constant).
constexpr schedule hold(double fraction, const schedule& then) {
  return {detail::hold_kind, {fraction}, then};
}

}  // namespace kd
