// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>

#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind cyclic_kind{
    "cyclic", {{"cycles", &in::whole}, {"of", &in::any_schedule}}, [](schedule_part s, double p) {
      const double cycles = s[0] * p;
      return s.left()(p < 1 ? cycles - std::floor(cycles) : 1);
    }};
}  // namespace detail

/// cyclic(n, s)(p) = s(n p - floor(n p)), and s(1) at p = 1:  s, n times over.
/// Throws value_error unless n is a whole number of at least 1.
/// Loshchilov, Hutter. SGDR. ICLR 2017: cyclic(n, cosine(a, b)), with cycles of equal length.
/// Smith. Cyclical Learning Rates. WACV 2017: cyclic(n, piecewise({{0, a}, {0.5, b}, {1, a}})).
constexpr schedule cyclic(double cycles, const schedule& of) {
  return {detail::cyclic_kind, {cycles}, of};
}

}  // namespace kd
