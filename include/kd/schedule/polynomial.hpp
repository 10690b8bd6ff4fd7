// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>

#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind polynomial_kind{
    "polynomial",
    {{"from", &in::finite}, {"to", &in::finite}, {"power", &in::positive}},
    [](schedule_part s, double p) { return std::lerp(s[1], s[0], std::pow(1 - p, s[2])); }};
}  // namespace detail

/// polynomial(a, b, n)(p) = b + (a - b) (1 - p)^n:  n = 1 is linear, n > 1 slow at the end.
/// Throws value_error unless a and b are finite and n is positive.
/// Chen, Papandreou, Kokkinos, Murphy, Yuille. DeepLab. TPAMI 2018, arXiv:1606.00915, the policy
/// "poly" with n = 0.9.
constexpr schedule polynomial(double from, double to, double power) {
  return {detail::polynomial_kind, {from, to, power}};
}

}  // namespace kd
