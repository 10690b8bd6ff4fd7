// SPDX-License-Identifier: MIT
// Sums along contiguous rows, in packs of lanes.
#pragma once
#include <kd/run/simd.hpp>

namespace kd::detail {

/// The sum of a[i] b[i].
template <class T>
KD_NOINLINE T dot_rows(const T* a, const T* b, std::int64_t n) {
  constexpr int W = native_width<T>;
  using pack = simd<T, W>;
  pack sum[4] = {pack(0), pack(0), pack(0), pack(0)};
  std::int64_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W)
    for (int k = 0; k < 4; ++k)
      sum[k] = sum[k] + load<T, W>(a + i + k * W) * load<T, W>(b + i + k * W);
  for (; i + W <= n; i += W) sum[0] = sum[0] + load<T, W>(a + i) * load<T, W>(b + i);
  T rest = 0;
  for (; i < n; ++i) rest += a[i] * b[i];
  const auto join = [](auto x, auto y) { return x + y; };
  return rest + fold_lanes((sum[0] + sum[1]) + (sum[2] + sum[3]), join);
}

/// Whether every a[i] is finite.
template <class T>
KD_NOINLINE bool row_is_finite(const T* a, std::int64_t n) {
  constexpr int W = native_width<T>;
  simd<T, W> zeros(0);  // not numbers behind the first that is not finite
  T rest = 0;
  std::int64_t i = 0;
  for (; i + W <= n; i += W) zeros = zeros + load<T, W>(a + i) * simd<T, W>(0);
  for (; i < n; ++i) rest += a[i] * T(0);
  return rest + fold_lanes(zeros, [](auto x, auto y) { return x + y; }) == T(0);
}

/// to[i] += k from[i]
template <class T>
KD_NOINLINE void add_scaled_row(T* to, const T* from, T k, std::int64_t n) {
  constexpr int W = native_width<T>;
  const simd<T, W> factor(static_cast<double>(k));
  std::int64_t i = 0;
  for (; i + W <= n; i += W) store(to + i, load<T, W>(to + i) + factor * load<T, W>(from + i));
  for (; i < n; ++i) to[i] += k * from[i];
}
/// to[i] += a[i] b[i]
template <class T>
KD_NOINLINE void add_row_product(T* to, const T* a, const T* b, std::int64_t n) {
  constexpr int W = native_width<T>;
  std::int64_t i = 0;
  for (; i + W <= n; i += W)
    store(to + i, load<T, W>(to + i) + load<T, W>(a + i) * load<T, W>(b + i));
  for (; i < n; ++i) to[i] += a[i] * b[i];
}

}  // namespace kd::detail
