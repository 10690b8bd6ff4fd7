// SPDX-License-Identifier: MIT
// Functions on packs of lanes. What losses are made of is kd's own; the rest calls the standard
// library per lane.
#pragma once
#include <cmath>
#include <initializer_list>

#include <kd/graph/divergence_operations.hpp>
#include <kd/run/simd_log.hpp>

namespace kd::detail {

#if KD_AVX512
KD_INLINE simd<float, 16> scale_by_power(simd<float, 16> x, simd<float, 16> n) {
  return simd<float, 16>::of(
      simd<float, 16>::vector(_mm512_maskz_scalef_ps(0xFFFF, __m512(x.v), __m512(n.v))));
}
KD_INLINE simd<double, 8> scale_by_power(simd<double, 8> x, simd<double, 8> n) {
  return simd<double, 8>::of(
      simd<double, 8>::vector(_mm512_maskz_scalef_pd(0xFF, __m512d(x.v), __m512d(n.v))));
}
#endif

/// e^x to about 1 ulp, denormal results and overflow to infinity included; NaN stays NaN and
/// exp(-inf) = 0.
///   n = round(x / ln 2),  r = x - n ln 2,  e^x = 2^n (1 + r + r^2 q(r))
///   q interpolates (e^r - 1 - r) / r^2 at Chebyshev nodes on [-ln 2 / 2, ln 2 / 2]; the
///   relative error is 1e-8 (float, degree 4) and 2e-17 (double, degree 9)
template <class T, int W>
KD_INLINE simd<T, W> exp(simd<T, W> x) {
  KD_SUMS_AS_WRITTEN
  using pack = simd<T, W>;
  using integers = typename pack::integers;
  constexpr bool is_float = sizeof(T) == 4;
  constexpr int mantissa = is_float ? 23 : 52, bias = is_float ? 127 : 1023;
  // below `lowest` the result rounds to 0, above `highest` it is infinite
  const pack lowest(is_float ? -104.0 : -746.0), highest(is_float ? 89.0 : 710.0);
  x = smaller(highest, larger(lowest, x));
  const pack shift(is_float
                       ? 12582912.0
                       : 6755399441055744.0);  // 1.5 * 2^mantissa: adding it rounds to an integer
  // Plain vectors, because KD_SUMS_AS_WRITTEN does not reach into the operators of packs.
  const pack scaled = x * pack(1.44269504088896340736);
  const pack shifted = pack::of(scaled.v + shift.v), n = pack::of(shifted.v - shift.v);
  const pack large = n * pack(is_float ? 0.693359375 : 6.93147180369123816490e-01),
             small = n * pack(is_float ? -2.12194440054690583e-4 : 1.90821492927058770002e-10),
             above = pack::of(x.v - large.v), r = pack::of(above.v - small.v);
  pack q;
  if constexpr (is_float) {
    q = pack(0.0013926213466332443);
    for (double c : {0.00836320297157585495, 0.0416665544376859389, 0.166665768459939763, 0.5})
      q = q * r + pack(c);
  } else {
    q = pack(2.51004241570050668e-8);
    for (double c : {2.76201387197339956e-7, 2.75572683786841929e-6, 0.0000248015211902177277,
                     0.000198412698631059687, 0.00138888889172817933, 0.00833333333333005135,
                     0.0416666666666239915, 0.166666666666666675, 0.5})
      q = q * r + pack(c);
  }
  const pack one(1), result = (q * r + one) * r + one;
#if KD_AVX512
  if constexpr (sizeof(pack) == 64) return scale_by_power(result, n);
#endif
  // 2^n in two factors, so that neither overflows nor is denormal
  const integers power =
      reinterpret_cast<integers>(shifted.v) - reinterpret_cast<integers>(shift.v);
  const integers half = power >> 1, rest = power - half;
  using vector = typename pack::vector;
  return pack::of(result.v * reinterpret_cast<vector>((half + bias) << mantissa) *
                  reinterpret_cast<vector>((rest + bias) << mantissa));
}

template <class T, int W, class Function>
KD_INLINE simd<T, W> lane_by_lane(simd<T, W> x, Function f) {
  for (int i = 0; i < W; ++i) x.v[i] = f(x.v[i]);
  return x;
}
/// e^x - 1, accurate near 0.
template <class T, int W>
KD_INLINE simd<T, W> expm1(simd<T, W> x) {
  using pack = simd<T, W>;
  return select(pack(0.5) > abs(x), exponential_excess(x) + x, exp(x) - pack(1));
}
/// 1 - 2 / (e^2|x| + 1), with the sign of x.
template <class T, int W>
KD_INLINE simd<T, W> tanh(simd<T, W> x) {
  using pack = simd<T, W>;
  const pack two(2), e = expm1(two * smaller(pack(20), abs(x)));
  const pack size = select(x == x, e / (e + two), x);  // `smaller` drops a NaN
  return select(pack(0) > x, -size, size);
}
template <class T, int W>
KD_INLINE simd<T, W> sqrt(simd<T, W> x) {
#if KD_AVX512
  if constexpr (sizeof(x) == 64 && sizeof(T) == 4)
    return simd<T, W>::of(typename simd<T, W>::vector(_mm512_maskz_sqrt_ps(0xFFFF, __m512(x.v))));
  if constexpr (sizeof(x) == 64 && sizeof(T) == 8)
    return simd<T, W>::of(typename simd<T, W>::vector(_mm512_maskz_sqrt_pd(0xFF, __m512d(x.v))));
#endif
  return lane_by_lane(x, [](T a) { return std::sqrt(a); });
}
template <class T, int W>
KD_INLINE simd<T, W> erf(simd<T, W> x) {
  return lane_by_lane(x, [](T a) { return std::erf(a); });
}
template <class T, int W>
KD_INLINE simd<T, W> pow(simd<T, W> x, simd<T, W> y) {
  for (int i = 0; i < W; ++i) x.v[i] = std::pow(x.v[i], y.v[i]);
  return x;
}

}  // namespace kd::detail
