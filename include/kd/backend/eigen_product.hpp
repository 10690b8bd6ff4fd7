// SPDX-License-Identifier: MIT
// Eigen's matrix product on strided views, in memory that each thread keeps: `a * b` would allocate
// blocks for large matrices at every call. It is the function behind `a * b`, called with blocks of
// our own, because no public one takes them.
#pragma once
#include <algorithm>

#include <Eigen/Core>

#include <kd/run/contraction.hpp>

namespace kd::detail {

/// The sizes that Eigen chooses for its blocks, in memory of the calling thread.
template <class T>
class kept_blocks : public Eigen::internal::level3_blocking<T, T> {
 public:
  kept_blocks(Eigen::Index rows, Eigen::Index columns, Eigen::Index depth) {
    this->m_mc = rows, this->m_nc = columns, this->m_kc = depth;
    Eigen::internal::computeProductBlockingSizes<T, T, 1>(this->m_kc, this->m_mc, this->m_nc,
                                                          Eigen::Index{1});
    const std::size_t a = rounded_up(sizeof(T) * static_cast<std::size_t>(this->m_mc * this->m_kc)),
                      b = rounded_up(sizeof(T) * static_cast<std::size_t>(this->m_kc * this->m_nc));
    thread_local arena memory;
    std::byte* base = memory.reserve(a + b);
    this->m_blockA = reinterpret_cast<T*>(base);
    this->m_blockB = reinterpret_cast<T*>(base + a);
  }
};

/// c = a b on one thread, see matrix_view. The product is that of the transposes,
/// whose result Eigen can write as it is.
template <class T>
void eigen_product(matrix_view<const T> a, matrix_view<const T> b, matrix_view<T> c) {
  using Eigen::ColMajor, Eigen::RowMajor, Eigen::Index;
  for (std::int64_t i = 0; i < c.rows; ++i) std::fill_n(c.data + i * c.row_stride, c.columns, T(0));
  if (a.columns == 0) return;  // Eigen divides by it
  kept_blocks<T> blocks(c.columns, c.rows, a.columns);
  const bool a_by_rows = a.column_stride == 1 || a.columns == 1,
             b_by_rows = b.column_stride == 1 || b.columns == 1;
  const auto run = [&](auto order_b, auto order_a) {
    Eigen::internal::general_matrix_matrix_product<Index, T, order_b(), false, T, order_a(), false,
                                                   ColMajor, 1>::run(c.columns, c.rows, a.columns,
                                                                     b.data,
                                                                     b_by_rows ? b.row_stride
                                                                               : b.column_stride,
                                                                     a.data,
                                                                     a_by_rows ? a.row_stride
                                                                               : a.column_stride,
                                                                     c.data, 1, c.row_stride, T(1),
                                                                     blocks);
  };
  using by_rows = std::integral_constant<int, ColMajor>;  // of the transpose
  using by_columns = std::integral_constant<int, RowMajor>;
  if (b_by_rows && a_by_rows) run(by_rows{}, by_rows{});
  else if (b_by_rows) run(by_rows{}, by_columns{});
  else if (a_by_rows) run(by_columns{}, by_rows{});
  else run(by_columns{}, by_columns{});
}

}  // namespace kd::detail
