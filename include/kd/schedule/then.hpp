// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind then_kind{"then",
                                         {{"fraction", &in::progress_below_1},
                                          {"first", &in::any_schedule},
                                          {"second", &in::any_schedule}},
                                         [](schedule_part s, double p) {
                                           const double f = s[0];
                                           return p < f ? s.left()(p / f)
                                                        : s.right()((p - f) / (1 - f));
                                         }};
}  // namespace detail

/// then(f, a, b)(p) = a(p / f) for p < f, and b((p - f) / (1 - f)) from f on:  one after the other.
/// Throws value_error unless 0 <= f < 1.
constexpr schedule then(double fraction, const schedule& first, const schedule& second) {
  return {detail::then_kind, {fraction}, first, second};
}

}  // namespace kd
