// SPDX-License-Identifier: MIT
// Rows of memory to a tile with one row per lane, and back, through registers.
#pragma once
#include <utility>

#include <kd/run/copy_row.hpp>

namespace kd::detail {

/// The lanes of a and b in turn, from their lower (0) or upper (1) half: a0 b0 a1 b1 ...
template <int Half, class T, int W, int... I>
KD_INLINE simd<T, W> interleave(simd<T, W> a, simd<T, W> b, std::integer_sequence<int, I...>) {
  return simd<T, W>::of(__builtin_shufflevector(a.v, b.v, (I / 2 + Half * (W / 2) + I % 2 * W)...));
}

/// Lane i of pack j becomes lane j of pack i. Each round interleaves the packs of the two halves,
/// which moves one bit of a pack's number into the lane's; after log2 W rounds all have changed
/// places.
template <class T, int W>
KD_INLINE void transpose(simd<T, W> (&packs)[W]) {
  constexpr std::make_integer_sequence<int, W> lanes{};
  for (int round = 1; round < W; round *= 2) {
    simd<T, W> next[W];
    for (int i = 0; i < W / 2; ++i) {
      next[2 * i] = interleave<0>(packs[i], packs[i + W / 2], lanes);
      next[2 * i + 1] = interleave<1>(packs[i], packs[i + W / 2], lanes);
    }
    for (int i = 0; i < W; ++i) packs[i] = next[i];
  }
}

/// `count` numbers from memory of any type, and to it; of W or more, W.
template <class T, int W>
KD_INLINE simd<T, W> load_up_to(const T* from, std::int64_t count) {
  return count >= W ? load<T, W>(from) : load_first(from, static_cast<int>(count), simd<T, W>());
}

/// tile[i * W + lane] = row(lane)[i] for i < length; row(lane) points to contiguous memory.
template <int W, class T, class Row>
void rows_to_tile(T* tile, std::int64_t length, Row row) {
  for (std::int64_t i = 0; i < length; i += W) {
    simd<T, W> packs[W];
    for (int lane = 0; lane < W; ++lane) packs[lane] = load_up_to<T, W>(row(lane) + i, length - i);
    transpose(packs);
    for (int j = 0; j < W && i + j < length; ++j) store(tile + (i + j) * W, packs[j]);
  }
}

/// row(lane)[i] = tile[i * W + lane] for i < length and lane < count.
template <int W, class T, class Row>
void tile_to_rows(const T* tile, std::int64_t length, int count, Row row) {
  for (std::int64_t i = 0; i < length; i += W) {
    simd<T, W> packs[W];
    const std::int64_t left = length - i;
    for (int j = 0; j < W; ++j)  // beyond the end anything will do
      packs[j] = load<T, W>(tile + (j < left ? i + j : i) * W);
    transpose(packs);
    for (int lane = 0; lane < count; ++lane)
      if (left >= W) store(row(lane) + i, packs[lane]);
      else store_first(row(lane) + i, static_cast<int>(left), packs[lane]);
  }
}

}  // namespace kd::detail
