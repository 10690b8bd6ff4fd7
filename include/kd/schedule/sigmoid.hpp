// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>

#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind sigmoid_kind{
    "sigmoid",
    {{"from", &in::finite}, {"to", &in::finite}, {"steepness", &in::positive}},
    [](schedule_part s, double p) {
      const double quarter = s[2] / 4;
      return std::lerp(s[0], s[1], (1 + std::tanh(quarter * (2 * p - 1)) / std::tanh(quarter)) / 2);
    }};
}  // namespace detail

/// sigmoid(a, b, k)(p) = a + (b - a) (1 + tanh(k (2 p - 1) / 4) / tanh(k / 4)) / 2:  a logistic
/// curve of steepness k around p = 1/2, stretched so that it begins at a and ends at b.
/// Throws value_error unless a and b are finite and k is positive; k = 10 is usual.
constexpr schedule sigmoid(double from, double to, double steepness) {
  return {detail::sigmoid_kind, {from, to, steepness}};
}

}  // namespace kd
