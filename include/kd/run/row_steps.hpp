// SPDX-License-Identifier: MIT
// Sums along contiguous rows, and of such rows: in packs of lanes, and in blocks that meet in
// double.
#pragma once
#include <algorithm>

#include <kd/run/simd.hpp>

namespace kd::detail {

/// Sums of a block in the numbers' type: 64 equal floats lose 17 roundings at most.
inline constexpr int block_of_sums = 64;

/// The sum of a[i] b[i].
template <class T>
KD_NOINLINE double dot_rows(const T* a, const T* b, std::int64_t n) {
  constexpr int W = native_width<T>;
  using pack = simd<T, W>;
  const auto join = [](auto left, auto right) { return left + right; };
  double total = 0;
  for (std::int64_t i = 0; i < n;) {
    const std::int64_t end = std::min<std::int64_t>(n, i + block_of_sums * 4 * W);
    pack sum[4] = {pack(0), pack(0), pack(0), pack(0)};
    for (; i + 4 * W <= end; i += 4 * W)
      for (int k = 0; k < 4; ++k)
        sum[k] = sum[k] + load<T, W>(a + i + k * W) * load<T, W>(b + i + k * W);
    for (; i + W <= end; i += W) sum[0] = sum[0] + load<T, W>(a + i) * load<T, W>(b + i);
    T rest = 0;
    for (; i < end; ++i) rest += a[i] * b[i];
    total += static_cast<double>(rest + fold_lanes((sum[0] + sum[1]) + (sum[2] + sum[3]), join));
  }
  return total;
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
  return rest + fold_lanes(zeros, [](auto left, auto right) { return left + right; }) == T(0);
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

/// The sum of a[i] b[i], where a 0 of a counts as 0 whatever it meets.
template <class T>
KD_NOINLINE double dot_rows_where_not_zero(const T* a, const T* b, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i)
    if (a[i] != T(0)) sum += static_cast<double>(a[i] * b[i]);
  return sum;
}
/// to[i] += a[i] b[i], where a 0 of a counts as 0 whatever it meets.
template <class T>
KD_NOINLINE void add_row_product_where_not_zero(T* to, const T* a, const T* b, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    if (a[i] != T(0)) to[i] += a[i] * b[i];
}

/// A row that others are added to, in blocks of rows; sums of blocks are in double, in a second row
/// that is looked at only if there are several.
template <class T>
class row_sum {
 public:
  row_sum(T* row, double* sums, std::int64_t n) : row_(row), sums_(sums), n_(n) {
    std::fill_n(row, n, T(0));
  }
  /// Where to add the next row.
  T* next() {
    if (rows_ == block_of_sums) end_block();
    ++rows_;
    return row_;
  }
  void finish() {
    if (!has_sums_) return;
    end_block();
    std::copy_n(sums_, n_, row_);
  }

 private:
  T* row_;
  double* sums_;
  std::int64_t n_;
  int rows_ = 0;  // of the block
  bool has_sums_ = false;

  KD_NOINLINE void end_block() {
    if (!has_sums_) std::fill_n(sums_, n_, 0.0);
    for (std::int64_t i = 0; i < n_; ++i) sums_[i] += static_cast<double>(row_[i]);
    std::fill_n(row_, n_, T(0));
    has_sums_ = true, rows_ = 0;
  }
};

}  // namespace kd::detail
