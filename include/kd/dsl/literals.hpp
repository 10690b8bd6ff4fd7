// SPDX-License-Identifier: MIT
// Numbers that the compiler sees through: `2_c`, `0.5_c`, `1e-12_c`.
#pragma once
#include <kd/dsl/scalar.hpp>

namespace kd {

namespace detail {

/// A decimal number as digits, and the power of ten behind them.
struct decimal {
  long long digits = 0;
  int exponent = 0;
  bool is_exact = true;  // false if it has more digits than fit, or is no decimal number
};

template <char... Text>
constexpr decimal decimal_of() {
  constexpr char text[] = {Text..., '\0'};
  decimal d;
  bool fraction = false;
  int i = 0;
  for (; text[i] != '\0' && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '\'') continue;
    if (text[i] == '.') {
      fraction = true;
      continue;
    }
    d.is_exact = d.is_exact && text[i] >= '0' && text[i] <= '9' && d.digits < 900'000'000'000'000;
    if (!d.is_exact) return d;
    d.digits = 10 * d.digits + (text[i] - '0');
    d.exponent -= fraction ? 1 : 0;
  }
  if (text[i] == '\0') return d;
  const bool negative = text[++i] == '-';
  if (text[i] == '-' || text[i] == '+') ++i;
  int power = 0;
  for (; text[i] != '\0' && power < 1000; ++i) power = 10 * power + (text[i] - '0');
  d.exponent += negative ? -power : power;
  return d;
}

}  // namespace detail

namespace literals {

/// The number as `constant_of`: known at compile time, so that it folds, and equal ones are one
/// value. At most 15 digits.
template <char... Text>
constexpr auto operator""_c() {
  constexpr detail::decimal d = detail::decimal_of<Text...>();
  static_assert(d.is_exact,
                "kd: a literal _c is a decimal number of at most 15 digits, as 0.5_c or 1e-12_c");
  return detail::constant_value<d.digits, 1, d.exponent>{};
}

}  // namespace literals
}  // namespace kd
