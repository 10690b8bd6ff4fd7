// SPDX-License-Identifier: MIT
// Sums of SIMD lanes in double. A pack of floats alone loses a digit of its sum for every ten times
// as many terms, so a long row is folded in blocks, and the blocks' sums come together here.
#pragma once
#include <kd/run/simd.hpp>

namespace kd::detail {

template <class T, int W>
struct lane_sums {
  static constexpr int parts = static_cast<int>(sizeof(double) / sizeof(T)), width = W / parts;
  using narrow [[gnu::vector_size(width * sizeof(T))]] = T;
  using wide = typename simd<double, width>::vector;
  simd<double, width> part[parts];  // each as large as the pack

  KD_INLINE lane_sums() {
    for (auto& p : part) p = simd<double, width>(0);
  }
  KD_INLINE void add(simd<T, W> x) {
    narrow of_part[parts];
    std::memcpy(of_part, &x.v, sizeof(of_part));
    for (int k = 0; k < parts; ++k) part[k].v += __builtin_convertvector(of_part[k], wide);
  }
  /// Lane by lane, rounded to T.
  KD_INLINE simd<T, W> lanes() const {
    narrow of_part[parts];
    for (int k = 0; k < parts; ++k) of_part[k] = __builtin_convertvector(part[k].v, narrow);
    simd<T, W> x;
    std::memcpy(&x.v, of_part, sizeof(of_part));
    return x;
  }
  /// Of all lanes.
  KD_INLINE double total() const {
    simd<double, width> sum = part[0];
    for (int k = 1; k < parts; ++k) sum = sum + part[k];
    return fold_lanes(sum, [](auto a, auto b) { return a + b; });
  }
};

}  // namespace kd::detail
