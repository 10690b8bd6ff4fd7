// SPDX-License-Identifier: MIT
// A number with a bound on its rounding error: what a tolerance follows from. It has the interface
// of a pack of lanes, so that the table of operations computes with it, and the bound goes through
// every operation as the number does (running error analysis).
//   error   |number - what exact arithmetic gives| is at most this. Infinite: nothing is known,
//           as after an overflow, or a division by what may be 0. Infinities and NaNs that exact
//           arithmetic gives as well have error 0.
// A comparison of numbers that are closer than their errors is not sure, and what is selected by it
// has an error that reaches both sides.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace kd::test {

/// What comparisons gave, in order: less, equal or greater. Two evaluations with the same
/// decisions took the same branches.
struct decisions {
  std::uint64_t hash = 0;
  void add(int three_way) {
    hash = (hash ^ static_cast<std::uint64_t>(three_way)) * 0x9E3779B97F4A7C15u;
  }
};
inline thread_local decisions* recorded_decisions = nullptr;

/// Whether numbers with equal values and errors count as computed alike, and so as equal: true of
/// passes in one arithmetic, not of two arithmetics.
inline thread_local bool alike_is_equal = true;

struct decision {
  bool holds, sure;
};

template <class T>
struct bounded {
  using scalar = T;
  using error_type = std::conditional_t<std::is_same_v<T, float>, double, T>;
  using limits = std::numeric_limits<T>;
  static constexpr int width = 1;
  static constexpr error_type unknown = std::numeric_limits<error_type>::infinity();
  static constexpr error_type ulp = limits::epsilon(), functions = 4 * ulp;

  T v;
  error_type e;

  bounded() = default;
  template <class Number>
  requires std::is_arithmetic_v<Number>
  explicit bounded(Number x) : v(static_cast<T>(x)), e(0) {
    using wide = std::common_type_t<Number, T>;
    if (std::isfinite(wide(x))) e = static_cast<error_type>(std::fabs(wide(x) - wide(v)));
  }
  static bounded of(T v, error_type e) {
    bounded b;
    b.v = v, b.e = e <= unknown ? e : unknown;
    return b;
  }
  static bounded wild(T v) { return of(v, unknown); }
  bool is_wild() const { return e == unknown; }
  bool is_exact() const { return e == 0; }

  // ---- arithmetic -------------------------------------------------------------------------------

  friend bounded operator+(bounded a, bounded b) {
    const T v = a.v + b.v;
    if (a.is_wild() || b.is_wild()) return wild(v);
    if (!std::isfinite(v)) return of(v, std::isfinite(a.v) && std::isfinite(b.v) ? unknown : 0);
    const T part = v - a.v,
            lost = (a.v - (v - part)) + (b.v - part);  // exactly what is rounded off
    return of(v, a.e + b.e + std::fabs(static_cast<error_type>(lost)));
  }
  friend bounded operator-(bounded a) { return of(-a.v, a.e); }
  friend bounded operator-(bounded a, bounded b) { return a + -b; }
  friend bounded operator*(bounded a, bounded b) {
    const T v = a.v * b.v;
    if (a.is_wild() || b.is_wild()) return wild(v);
    if (!std::isfinite(v)) {
      if (a.is_0() || b.is_0()) return wild(v);  // simplify makes it 0
      const bool overflow = std::isfinite(a.v) && std::isfinite(b.v);
      const bool sure = (std::isinf(a.v) ? b.is_apart_from_0() : true) &&
                        (std::isinf(b.v) ? a.is_apart_from_0() : true);
      return of(v, overflow || !sure ? unknown : 0);
    }
    const error_type x = std::fabs(a.v), y = std::fabs(b.v);
    const error_type from = x * b.e + y * a.e + a.e * b.e;
    if ((a.is_exact() && (x == 0 || x == 1)) || (b.is_exact() && (y == 0 || y == 1)))
      return of(v, from);
    return rounded(v, from, a.is_small_integer(v) && b.is_small_integer(v) ? 0 : ulp);
  }
  friend bounded operator/(bounded a, bounded b) {
    const T v = a.v / b.v;
    const error_type x = std::fabs(a.v), y = std::fabs(b.v);
    if (a.is_wild() || b.is_wild()) return wild(v);
    if (std::isnan(a.v) || std::isnan(b.v)) return a.is_0() ? wild(v) : of(v, 0);
    if (y <= b.e) return wild(v);  // may be a division by 0, whose sign nobody knows
    if (!std::isfinite(v)) return of(v, std::isfinite(a.v) && std::isfinite(b.v) ? unknown : 0);
    if (std::isinf(b.v) || (a.is_exact() && x == 0) || (b.is_exact() && y == 1))
      return of(v, y == 1 ? a.e : 0);
    return rounded(v, (a.e + std::fabs(static_cast<error_type>(v)) * b.e) / (y - b.e),
                   v == std::trunc(v) && a.is_small_integer(v) && b.is_small_integer(v) ? 0 : ulp);
  }

  // ---- choice -----------------------------------------------------------------------------------

  friend decision operator>(bounded a, bounded b) { return {a.v > b.v, is_sure(a, b)}; }
  friend decision operator<(bounded a, bounded b) { return b > a; }
  friend decision operator>=(bounded a, bounded b) { return {a.v >= b.v, is_sure(a, b)}; }
  friend decision operator==(bounded a, bounded b) { return {a.v == b.v, is_sure(a, b)}; }
  friend decision operator!=(bounded a, bounded b) { return {a.v != b.v, is_sure(a, b)}; }

  friend bounded select(decision c, bounded a, bounded b) {
    const bounded chosen = c.holds ? a : b;
    if (c.sure) return chosen;
    if (a.is_wild() || b.is_wild()) return wild(chosen.v);
    if (a.v == b.v || (std::isnan(a.v) && std::isnan(b.v))) return of(chosen.v, larger_error(a, b));
    return of(chosen.v, larger_error(a, b) + std::fabs(static_cast<error_type>(a.v - b.v)));
  }
  friend bounded larger(bounded a, bounded b) {
    record(a, b);  // a log_sum_exp of large numbers is as good as a maximum
    return either(a.v > b.v ? a : b, a, b);
  }
  friend bounded maximum(bounded a, bounded b) {
    record(a, b);
    return either(a.v > b.v || a.v != a.v ? a : b, a, b);
  }
  friend bounded minimum(bounded a, bounded b) {
    record(a, b);
    return either(a.v < b.v || a.v != a.v ? a : b, a, b);
  }
  friend bounded finite(bounded a) {
    const bounded is = of(std::isfinite(a.v) ? 1 : 0, 0);
    return a.is_wild() ? wild(is.v) : is;
  }
  friend bounded abs(bounded a) {
    record(a, of(0, 0));
    return of(std::fabs(a.v), a.e);
  }

  // ---- functions --------------------------------------------------------------------------------

  friend bounded exp(bounded a) { return exponential(a, std::exp(a.v), 0); }
  friend bounded expm1(bounded a) { return exponential(a, std::expm1(a.v), -1); }
  friend bounded log(bounded a) { return logarithm(a, a.v, std::log(a.v)); }
  friend bounded log1p(bounded a) { return logarithm(a, 1 + error_type(a.v), std::log1p(a.v)); }
  friend bounded sqrt(bounded a) {
    const T v = std::sqrt(a.v);
    if (a.is_exact() && (a.v == 0 || a.v == 1 || !std::isfinite(v))) return of(v, 0);
    if (a.v + a.e < 0) return of(v, 0);
    if (!(a.e < a.v)) return wild(v);
    return rounded(v, a.e / std::sqrt(error_type(a.v)), ulp);
  }
  friend bounded tanh(bounded a) {
    const error_type t = std::tanh(a.nearest_to_0());
    return bounded_function(a, std::tanh(a.v), (1 - t) * (1 + t));
  }
  friend bounded erf(bounded a) {
    const error_type x = a.nearest_to_0();
    return bounded_function(a, std::erf(a.v), error_type(1.13) * std::exp(-x * x));
  }
  friend bounded pow(bounded a, bounded b) {
    const T v = std::pow(a.v, b.v);
    const error_type x = std::fabs(a.v), size = std::fabs(error_type(v));
    if (a.is_wild() || b.is_wild() || (a.v <= 0 && !b.is_exact())) return wild(v);
    if (a.is_exact() && b.is_exact() && (a.v == 0 || !std::isfinite(a.v) || b.v == 0))
      return of(v, 0);
    if (!std::isfinite(v)) return of(v, std::isnan(v) && a.v + a.e <= 0 ? 0 : unknown);
    if (a.e >= x)
      return b.v > 0 ? rounded(v, 2 * std::pow(x + a.e, error_type(b.v)), functions) : wild(v);
    const error_type power = -std::fabs(error_type(b.v)) * std::log1p(-a.e / x) +
                             b.e * (std::fabs(std::log(x)) + a.e / (x - a.e));
    return rounded(v, size * std::expm1(power), functions);
  }
  /// e^x - 1 - x to the last digits, instead of the polynomials of `divergence_operations.hpp`.
  friend bounded exponential_excess(bounded a) {
    long double x = a.v, v = std::expm1(x) - x;
    if (std::fabs(x) < 1) {
      v = 0;
      for (int k = 24; k >= 2; --k) v = (v + 1) * x / k;
      v *= x;
    }
    if (a.is_wild() || !std::isfinite(v))
      return of(static_cast<T>(v), std::isfinite(a.v) ? unknown : a.e);
    const error_type slope =
        std::fmax(std::fabs(std::expm1(a.v + a.e)), std::fabs(std::expm1(a.v - a.e)));
    return rounded(static_cast<T>(v), slope * a.e, 2 * functions);
  }

 private:
  static bounded rounded(T v, error_type from_operands, error_type relative) {
    const error_type size = std::fabs(error_type(v));
    return of(
        v, from_operands + relative * size + (size < limits::min() ? limits::denorm_min() : T(0)));
  }
  bool is_0() const { return v == 0 && e == 0; }
  bool is_apart_from_0() const { return std::isnan(v) || std::fabs(v) > e; }
  bool is_small_integer(T product) const {
    return is_exact() && v == std::trunc(v) && std::fabs(product) < 1 / limits::epsilon();
  }
  error_type nearest_to_0() const { return std::fmax(error_type(0), std::fabs(error_type(v)) - e); }

  static error_type larger_error(bounded a, bounded b) { return a.e > b.e ? a.e : b.e; }
  static bounded either(bounded chosen, bounded a, bounded b) {
    if (std::isfinite(a.v) && std::isfinite(b.v)) return of(chosen.v, larger_error(a, b));
    return a.is_wild() || b.is_wild() ? wild(chosen.v) : chosen;
  }
  static bool is_sure(bounded a, bounded b) {
    record(a, b);
    if (a.is_wild() || b.is_wild()) return false;
    if (!std::isfinite(a.v) || !std::isfinite(b.v)) return true;
    if (alike_is_equal && a.v == b.v && a.e == b.e) return true;
    return std::fabs(error_type(a.v) - error_type(b.v)) > a.e + b.e ||
           (a.is_exact() && b.is_exact());
  }
  static void record(bounded a, bounded b) {
    if (recorded_decisions) recorded_decisions->add(a.v > b.v ? 2 : a.v == b.v ? 1 : 0);
  }

  /// e^a, or less 1, of which `v` is computed.
  static bounded exponential(bounded a, T v, T at_minus_infinity) {
    if (a.is_wild()) return wild(v);
    if (!std::isfinite(a.v) || (a.v == 0 && a.is_exact())) return of(v, 0);
    if (std::isinf(v)) return wild(v);
    const error_type size = std::exp(error_type(a.v));
    const error_type grown = size > limits::min() ? size * std::expm1(a.e) : std::exp(a.v + a.e);
    return rounded(v, grown + (v == at_minus_infinity ? limits::epsilon() * std::fabs(v) : 0),
                   functions);
  }
  static bounded logarithm(bounded a, error_type x, T v) {
    if (a.is_wild()) return wild(v);
    if (std::isnan(a.v) || (a.is_exact() && !std::isfinite(v)) || x + a.e < 0) return of(v, 0);
    if (!(a.e < x)) return wild(v);
    return v == 0 && a.is_exact() ? of(v, 0) : rounded(v, -std::log1p(-a.e / x), functions);
  }
  static bounded bounded_function(bounded a, T v, error_type slope) {
    if (a.is_wild()) return of(v, std::isnan(v) ? unknown : error_type(2));
    if (!std::isfinite(a.v)) return of(v, 0);
    return a.v == 0 && a.is_exact() ? of(v, 0) : rounded(v, slope * a.e, functions);
  }
};

}  // namespace kd::test
