// SPDX-License-Identifier: MIT
// The one matrix product that all layers use:
//   C(m, n) = start(n) + sum over run and k of A(m; run, k) * B(run * length + k, n)
// A is read element by element through three strides, so that a convolution's window over an image
// is a view of the image (a run is one row of the window) and needs no copy; B and C have
// contiguous columns.
//
// Why not im2col and an Eigen product: 32 -> 64 channels, 14 x 14 images, one Zen 4 core (peak 117
// GFLOP/s), im2col and col2im included; forward, data gradient, weight gradient in GFLOP/s:
//   AVX-512   Eigen 3.4  85, 78, 83   this 111, 112, 103
//   AVX2      Eigen 3.4  67, 70, 67   this  99,  97,  95
// Eigen may also allocate in a product (it did with AVX2), and starts threads of its own where kd
// runs none, which changed the bits of two products of three.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <kd/nn/lanes.hpp>

namespace kd::nn::detail {

/// The operands of one product, see above; all strides count elements.
template <class T>
struct product {
  const T* a = nullptr;
  std::int64_t a_row = 0;   // from m to m + 1
  std::int64_t a_step = 1;  // from k to k + 1
  std::int64_t a_run = 0;
  const T* b = nullptr;
  std::int64_t b_row = 0;
  T* c = nullptr;
  std::int64_t c_row = 0;
  const T* start = nullptr;  // (columns), or null for zeros
  std::int64_t runs = 1;
  std::int64_t length = 0;
};

/// Writes Rows x (Vectors * Lanes) elements of C. The sums stay in registers: each step loads
/// Vectors vectors of B and multiplies them by Rows single elements of A.
template <class T, int Lanes, int Vectors, int Rows>
void write_tile(const product<T>& p) {
  using vector = detail::vector<T, Lanes>;
  vector sums[std::size_t{Rows}][std::size_t{Vectors}];
  for (int v = 0; v < Vectors; ++v) {
    vector start{};
    if (p.start) __builtin_memcpy(&start, p.start + v * Lanes, sizeof(vector));
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) sums[r][v] = start;
  }
  constexpr int groups = (Rows + 3) / 4;  // of four rows per pointer: 14 would not fit in registers
  const T* b = p.b;
  const std::int64_t row = p.a_row;
  for (std::int64_t run = 0; run < p.runs; ++run) {
    const T* a[std::size_t{groups}];
    for (int g = 0; g < groups; ++g) a[g] = p.a + run * p.a_run + 4 * g * p.a_row;
    for (std::int64_t k = 0; k < p.length; ++k) {
      vector columns[std::size_t{Vectors}];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v)
        __builtin_memcpy(&columns[v], b + v * Lanes, sizeof(vector));
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v) sums[r][v] += a[r / 4][r % 4 * row] * columns[v];
#pragma GCC unroll 4
      for (int g = 0; g < groups; ++g) a[g] += p.a_step;
      b += p.b_row;
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v)
      __builtin_memcpy(p.c + r * p.c_row + v * Lanes, &sums[r][v], sizeof(vector));
}

// As many rows as registers hold sums of two vectors, less those for the operands.
inline constexpr int most_rows = vector_registers / 2 - 2;

/// A kernel and the tile it writes.
template <class T>
struct tile {
  void (*write)(const product<T>&) = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

template <class T, int Lanes, int Vectors, int... Row>
constexpr auto kernels_of_rows(std::integer_sequence<int, Row...>) {
  return std::array{&write_tile<T, Lanes, Vectors, Row + 1>...};
}

/// A tile of as many rows as fit, so that tiles of equal height cover all rows.
template <class T, int Vectors>
tile<T> full_tile(std::int64_t rows) {
  constexpr int all = lanes<T>;
  constexpr auto kernels =
      kernels_of_rows<T, all, Vectors>(std::make_integer_sequence<int, most_rows>{});
  const std::int64_t tiles = (rows + most_rows - 1) / most_rows;
  const std::int64_t height = (rows + tiles - 1) / tiles;
  return {kernels[static_cast<std::size_t>(height - 1)], height, Vectors * all};
}

/// A tile for fewer columns than lanes. Such layers are small, so three heights must do.
template <class T, int Lanes>
tile<T> narrow_tile(std::int64_t rows) {
  if (rows >= 8) return {&write_tile<T, Lanes, 1, 8>, 8, Lanes};
  if (rows >= 4) return {&write_tile<T, Lanes, 1, 4>, 4, Lanes};
  return {&write_tile<T, Lanes, 1, 1>, 1, Lanes};
}

/// The tile for what is left of a product with this many rows and columns.
template <class T>
tile<T> choose_tile(std::int64_t rows, std::int64_t columns, std::int64_t left) {
  constexpr int all = lanes<T>;
  if (columns >= 2 * all && left > all) return full_tile<T, 2>(rows);
  if (columns >= all) return full_tile<T, 1>(rows);
  if constexpr (all > 8)
    if (columns >= 8) return narrow_tile<T, 8>(rows);
  if constexpr (all > 4)
    if (columns >= 4) return narrow_tile<T, 4>(rows);
  if constexpr (all > 2)
    if (columns >= 2) return narrow_tile<T, 2>(rows);
  return narrow_tile<T, 1>(rows);
}

/// Where a tile lies: its first row and column, and the first that no tile before it has written.
struct tile_place {
  std::int64_t m = 0, n = 0;
  std::int64_t new_m = 0, new_n = 0;
};

/// Calls body(tile, place) for tiles that cover C. The last tile of a row or column of tiles
/// overlaps the one before it, so that there are no partial tiles.
template <class T, class Body>
void for_each_tile(std::int64_t rows, std::int64_t columns, const Body& body) {
  for (std::int64_t new_n = 0; new_n < columns;) {
    const tile<T> tile = choose_tile<T>(rows, columns, columns - new_n);
    const std::int64_t n = std::min(new_n, columns - tile.columns);
    for (std::int64_t new_m = 0; new_m < rows; new_m += tile.rows)
      body(tile, tile_place{std::min(new_m, rows - tile.rows), n, new_m, new_n});
    new_n = n + tile.columns;
  }
}

/// The product of one tile's rows of A and columns of B; C is still the whole.
template <class T>
product<T> part_of(const product<T>& whole, const tile_place& place) {
  product<T> part = whole;
  part.a += place.m * whole.a_row;
  part.b += place.n;
  if (whole.start) part.start += place.n;
  return part;
}

/// C = the product.
template <class T>
void multiply(const product<T>& whole, std::int64_t rows, std::int64_t columns) {
  for_each_tile<T>(rows, columns, [&](const tile<T>& tile, const tile_place& place) {
    product<T> part = part_of(whole, place);
    part.c += place.m * whole.c_row + place.n;
    tile.write(part);
  });
}

/// C += the product.
template <class T>
void multiply_add(const product<T>& whole, std::int64_t rows, std::int64_t columns) {
  for_each_tile<T>(rows, columns, [&](const tile<T>& tile, const tile_place& place) {
    alignas(vector_bytes) T sums[most_rows * 2 * lanes<T>];
    product<T> part = part_of(whole, place);
    part.c = sums;
    part.c_row = tile.columns;
    tile.write(part);
    for (std::int64_t r = place.new_m - place.m; r < tile.rows; ++r) {
      T* c = whole.c + (place.m + r) * whole.c_row + place.n;
      for (std::int64_t i = place.new_n - place.n; i < tile.columns; ++i)
        c[i] += sums[r * tile.columns + i];
    }
  });
}

}  // namespace kd::nn::detail
