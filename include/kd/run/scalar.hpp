// SPDX-License-Identifier: MIT
// One number with the interface of a pack of lanes: values of a row, the reference backend, one GPU
// thread.
#pragma once
#include <cmath>

#include <kd/config.hpp>
#include <kd/run/finite.hpp>

namespace kd::detail {

template <class T>
struct scalar_value {
  using scalar = T;
  static constexpr int width = 1;
  T v;

  scalar_value() = default;
  KD_HD explicit constexpr scalar_value(double x) : v(static_cast<T>(x)) {}
  KD_HD static constexpr scalar_value of(T x) {
    scalar_value s;
    s.v = x;
    return s;
  }

  /// x in every lane.
  KD_HD static constexpr scalar_value broadcast(T x) { return of(x); }

  KD_HD friend scalar_value operator+(scalar_value a, scalar_value b) { return of(a.v + b.v); }
  KD_HD friend scalar_value operator-(scalar_value a, scalar_value b) { return of(a.v - b.v); }
  KD_HD friend scalar_value operator*(scalar_value a, scalar_value b) { return of(a.v * b.v); }
  KD_HD friend scalar_value operator/(scalar_value a, scalar_value b) { return of(a.v / b.v); }
  KD_HD friend scalar_value operator-(scalar_value a) { return of(-a.v); }
  KD_HD friend bool operator>(scalar_value a, scalar_value b) { return a.v > b.v; }
  KD_HD friend bool operator<(scalar_value a, scalar_value b) { return a.v < b.v; }
  KD_HD friend bool operator>=(scalar_value a, scalar_value b) { return a.v >= b.v; }
  KD_HD friend bool operator==(scalar_value a, scalar_value b) { return a.v == b.v; }
  KD_HD friend bool operator!=(scalar_value a, scalar_value b) { return a.v != b.v; }

  KD_HD friend scalar_value select(bool c, scalar_value a, scalar_value b) { return c ? a : b; }
  KD_HD friend scalar_value larger(scalar_value a, scalar_value b) { return a.v > b.v ? a : b; }
  // A NaN on either side comes out: x != x only for NaN.
  KD_HD friend scalar_value maximum(scalar_value a, scalar_value b) {
    return a.v > b.v || a.v != a.v ? a : b;
  }
  KD_HD friend scalar_value minimum(scalar_value a, scalar_value b) {
    return a.v < b.v || a.v != a.v ? a : b;
  }

  KD_HD friend scalar_value finite(scalar_value a) { return scalar_value(is_finite(a.v)); }
  KD_HD friend scalar_value exp(scalar_value a) { return of(std::exp(a.v)); }
  KD_HD friend scalar_value expm1(scalar_value a) { return of(std::expm1(a.v)); }
  KD_HD friend scalar_value log(scalar_value a) { return of(std::log(a.v)); }
  KD_HD friend scalar_value log1p(scalar_value a) { return of(std::log1p(a.v)); }
  KD_HD friend scalar_value sqrt(scalar_value a) { return of(std::sqrt(a.v)); }
  KD_HD friend scalar_value tanh(scalar_value a) { return of(std::tanh(a.v)); }
  KD_HD friend scalar_value erf(scalar_value a) { return of(std::erf(a.v)); }
  KD_HD friend scalar_value pow(scalar_value a, scalar_value b) { return of(std::pow(a.v, b.v)); }
  KD_HD friend scalar_value abs(scalar_value a) { return of(std::fabs(a.v)); }
};

template <class T>
KD_HD T get_lane(scalar_value<T> s, int) {
  return s.v;
}
template <class T>
KD_HD void set_lane(scalar_value<T>& s, int, T value) {
  s.v = value;
}

}  // namespace kd::detail
