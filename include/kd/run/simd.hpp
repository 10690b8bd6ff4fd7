// SPDX-License-Identifier: MIT
// A pack of lanes in one vector register, by the vector extensions of g++ and clang: the same text
// for every width.
#pragma once
#include <cstring>

#include <kd/run/index.hpp>

#if KD_AVX512
#include <immintrin.h>
#endif

namespace kd::detail {

/// Lanes in the widest register that this translation unit was compiled for.
template <class T>
inline constexpr int native_width = KD_VECTOR_BYTES / static_cast<int>(sizeof(T));

template <class T, int Width>
struct simd {
  using scalar = T;
  using integer = index_of<T>;
  using vector [[gnu::vector_size(Width * sizeof(T))]] = T;
  using integers [[gnu::vector_size(Width * sizeof(T))]] = integer;
  static constexpr int width = Width;
  vector v;

  simd() = default;
  KD_INLINE explicit simd(double x) : simd(broadcast(static_cast<T>(x))) {}
  KD_INLINE static simd of(vector v) {
    simd s;
    s.v = v;
    return s;
  }
  /// x in every lane: x - 0 is x, x + 0 is not for -0.
  KD_INLINE static simd broadcast(T x) { return of(x - vector{}); }

  KD_INLINE friend simd operator+(simd a, simd b) { return of(a.v + b.v); }
  KD_INLINE friend simd operator-(simd a, simd b) { return of(a.v - b.v); }
  KD_INLINE friend simd operator*(simd a, simd b) { return of(a.v * b.v); }
  KD_INLINE friend simd operator/(simd a, simd b) { return of(a.v / b.v); }
  KD_INLINE friend simd operator-(simd a) { return of(-a.v); }
  KD_INLINE friend integers operator>(simd a, simd b) { return a.v > b.v; }
  KD_INLINE friend integers operator<(simd a, simd b) { return a.v < b.v; }
  KD_INLINE friend integers operator>=(simd a, simd b) { return a.v >= b.v; }
  KD_INLINE friend integers operator==(simd a, simd b) { return a.v == b.v; }
  KD_INLINE friend integers operator!=(simd a, simd b) { return a.v != b.v; }

  KD_INLINE friend simd select(integers c, simd a, simd b) { return of(c ? a.v : b.v); }
  // A NaN on either side comes out, as in scalar_value.
  KD_INLINE friend simd maximum(simd a, simd b) { return of(a.v != a.v ? a.v : larger(a, b).v); }
  KD_INLINE friend simd minimum(simd a, simd b) { return of(a.v != a.v ? a.v : smaller(a, b).v); }
  /// The larger of two numbers; b if one of them is NaN.
  KD_INLINE friend simd larger(simd a, simd b) { return larger_of(a, b); }
  KD_INLINE friend simd smaller(simd a, simd b) { return smaller_of(a, b); }
  /// 1 for a number, 0 for NaN and infinities, asked of the bits (finite.hpp).
  KD_INLINE friend simd finite(simd a) {
    constexpr integer exponent =
        sizeof(T) == 4 ? integer{0xff} << 23 : static_cast<integer>(std::int64_t{0x7ff} << 52);
    const integers bits = reinterpret_cast<integers>(a.v) & (integers{} + exponent);
    return select(bits != exponent, simd(1), simd(0));
  }
  KD_INLINE friend simd abs(simd a) {
    constexpr integer magnitude = static_cast<integer>(~(std::uint64_t{1} << (8 * sizeof(T) - 1)));
    return of(reinterpret_cast<vector>(reinterpret_cast<integers>(a.v) & (integers{} + magnitude)));
  }
};

#if KD_AVX512
// g++ makes two instructions of the choice below where the processor has one.
KD_INLINE simd<float, 16> larger_of(simd<float, 16> a, simd<float, 16> b) {
  return simd<float, 16>::of(
      simd<float, 16>::vector(_mm512_maskz_max_ps(0xFFFF, __m512(a.v), __m512(b.v))));
}
KD_INLINE simd<float, 16> smaller_of(simd<float, 16> a, simd<float, 16> b) {
  return simd<float, 16>::of(
      simd<float, 16>::vector(_mm512_maskz_min_ps(0xFFFF, __m512(a.v), __m512(b.v))));
}
KD_INLINE simd<double, 8> larger_of(simd<double, 8> a, simd<double, 8> b) {
  return simd<double, 8>::of(
      simd<double, 8>::vector(_mm512_maskz_max_pd(0xFF, __m512d(a.v), __m512d(b.v))));
}
KD_INLINE simd<double, 8> smaller_of(simd<double, 8> a, simd<double, 8> b) {
  return simd<double, 8>::of(
      simd<double, 8>::vector(_mm512_maskz_min_pd(0xFF, __m512d(a.v), __m512d(b.v))));
}
#endif
template <class T, int W>
KD_INLINE simd<T, W> larger_of(simd<T, W> a, simd<T, W> b) {
  return simd<T, W>::of(a.v > b.v ? a.v : b.v);
}
template <class T, int W>
KD_INLINE simd<T, W> smaller_of(simd<T, W> a, simd<T, W> b) {
  return simd<T, W>::of(a.v < b.v ? a.v : b.v);
}

template <class T, int W>
KD_INLINE simd<T, W> load(const T* from) {
  simd<T, W> s;
  std::memcpy(&s.v, from, sizeof(s.v));
  return s;
}
template <class T, int W>
KD_INLINE void store(T* to, simd<T, W> s) {
  std::memcpy(to, &s.v, sizeof(s.v));
}

#if KD_AVX512
KD_INLINE simd<float, 16> load_first(const float* from, int count, simd<float, 16>) {
  return simd<float, 16>::of(simd<float, 16>::vector(
      _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from)));
}
KD_INLINE simd<double, 8> load_first(const double* from, int count, simd<double, 8>) {
  return simd<double, 8>::of(simd<double, 8>::vector(
      _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), from)));
}
KD_INLINE void store_first(float* to, int count, simd<float, 16> s) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), __m512(s.v));
}
KD_INLINE void store_first(double* to, int count, simd<double, 8> s) {
  _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), __m512d(s.v));
}
#endif
/// Loads `count` < W lanes, 0 in the others; the last argument names the type.
template <class T, int W>
KD_INLINE simd<T, W> load_first(const T* from, int count, simd<T, W>) {
  simd<T, W> s(0);
  for (int i = 0; i < count; ++i) s.v[i] = from[i];
  return s;
}
/// Stores the first `count` < W lanes.
template <class T, int W>
KD_INLINE void store_first(T* to, int count, simd<T, W> s) {
  for (int i = 0; i < count; ++i) to[i] = s.v[i];
}

template <class T, int W>
KD_INLINE T get_lane(simd<T, W> s, int lane) {
  return s.v[lane];
}
template <class T, int W>
KD_INLINE void set_lane(simd<T, W>& s, int lane, T value) {
  s.v[lane] = value;
}

/// The numbers 0, 1, 2, ... in the lanes.
template <class T, int W>
KD_INLINE simd<T, W> iota() {
  simd<T, W> s;
  for (int i = 0; i < W; ++i) s.v[i] = static_cast<T>(i);
  return s;
}

/// Joins the lanes in a tree of fixed shape.
template <class T, int W, class Join>
KD_INLINE T fold_lanes(simd<T, W> s, Join join) {
  if constexpr (W == 1) {
    return s.v[0];
  } else {
    simd<T, W / 2> low, high;
    std::memcpy(&low.v, &s.v, sizeof(low.v));
    std::memcpy(&high.v, reinterpret_cast<const char*>(&s.v) + sizeof(low.v), sizeof(high.v));
    return fold_lanes(join(low, high), join);
  }
}

}  // namespace kd::detail
