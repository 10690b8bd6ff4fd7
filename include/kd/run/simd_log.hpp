// SPDX-License-Identifier: MIT
// Logarithms on packs of lanes.
#pragma once
#include <initializer_list>
#include <limits>

#include <kd/run/simd.hpp>

namespace kd::detail {

/// log x within 1 ulp, denormal arguments included; log 0 = -inf, NaN below 0.
///   x = 2^k m,  m in [1/sqrt 2, sqrt 2),  f = m - 1,  s = f / (2 + f)
///   log m = 2 atanh s = f - (f^2 / 2 - s (f^2 / 2 + s^2 r(s^2)))
///   r interpolates (2 atanh s - 2 s) / s^3 at Chebyshev nodes; the relative error of log m is 3e-9
///   (float, degree 2) and 5e-18 (double, degree 6)
template <class T, int W>
KD_INLINE simd<T, W> log(simd<T, W> x) {
  KD_SUMS_AS_WRITTEN
  using pack = simd<T, W>;
  using vector = typename pack::vector;
  using integers = typename pack::integers;
  using integer = typename pack::integer;
  constexpr bool is_float = sizeof(T) == 4;
  constexpr int mantissa = is_float ? 23 : 52;
  constexpr integer one = is_float ? 0x3F800000 : static_cast<integer>(0x3FF0000000000000),
                    root = is_float ? 0x3F3504F3 : static_cast<integer>(0x3FE6A09E667F3BCD),
                    fraction = (integer{1} << mantissa) - 1;  // of 1 and 1 / sqrt 2, in bits
  const pack smallest(static_cast<double>(std::numeric_limits<T>::min()));
  const double normalise = is_float ? 8388608.0 : 4503599627370496.0;  // 2^mantissa
  const integers denormal = x < smallest;
  const pack normal = select(denormal, x * pack(normalise), x);
  const integers bits = reinterpret_cast<integers>(normal.v) + (one - root);
  const integers power = (bits >> mantissa) - (one >> mantissa) - (denormal & mantissa);
  const pack m = pack::of(reinterpret_cast<vector>((bits & fraction) + root));
  const pack k = pack::of(__builtin_convertvector(power, vector));
  const pack f = m - pack(1), s = f / (pack(2) + f), z = s * s;
  pack r;
  if constexpr (is_float) {
    r = pack(0.295799493919727847);
    for (double c : {0.399887805660219819, 0.66666685039575855}) r = r * z + pack(c);
  } else {
    r = pack(0.146164496850434059);
    for (double c : {0.153317216005560413, 0.181828891252617221, 0.222222111347950799,
                     0.285714286259754849, 0.399999999998995045, 0.666666666666666969})
      r = r * z + pack(c);
  }
  const pack half = pack(0.5) * f * f;
  const pack large = k * pack(is_float ? 0.693138122558593750 : 6.93147180369123816490e-01),
             small = k * pack(is_float ? 9.05800061445916e-6 : 1.90821492927058770002e-10);
  const vector low = half.v - (s * pack::of(half.v + (z * r).v) + small).v;
  const pack result = pack::of(large.v - (low - f.v));
  const pack infinite(static_cast<double>(std::numeric_limits<T>::infinity())), zero(0);
  const pack outside =
      select(x == zero, -infinite, pack(static_cast<double>(std::numeric_limits<T>::quiet_NaN())));
  return select(x > zero, select(x == infinite, x, result), outside);
}

/// log(1 + x), accurate near 0: what 1 + x loses is added to its logarithm.
template <class T, int W>
KD_INLINE simd<T, W> log1p(simd<T, W> x) {
  KD_SUMS_AS_WRITTEN
  using pack = simd<T, W>;
  const pack one(1), zero(0), most(static_cast<double>(std::numeric_limits<T>::max()));
  const pack u = pack::of(x.v + one.v), above = pack::of(u.v - one.v);
  const pack lost = pack::of(x.v - above.v);
  const auto usual = (u > zero) & (most > u);
  return log(u) + select(usual, lost / u, zero);
}

}  // namespace kd::detail
