// SPDX-License-Identifier: MIT
// A contraction as matrix products: its axes are sorted into batched, rows (of a only), columns (of
// b only) and summed.
#pragma once
#include <kd/run/copy_row.hpp>
#include <kd/run/finite.hpp>
#include <kd/run/row_steps.hpp>

namespace kd::detail {

/// A strided matrix for the backend's product: c (m x n) = a (m x k) * b (k x n). One of the
/// strides of a and of b is 1; rows of c are contiguous.
template <class T>
struct matrix_view {
  T* data;
  std::int64_t rows, columns, row_stride, column_stride;
};

inline constexpr std::int64_t no_stride = INT64_MIN;

/// The stride of several axes walked as one, outermost first; 0 if there is none; `no_stride` if no
/// single one does it.
inline std::int64_t common_stride(const odometer& axes, const std::int64_t* stride) {
  std::int64_t inner = 0, expected = 0;
  bool first = true;
  for (int k = axes.rank - 1; k >= 0; --k) {
    if (axes.extent[k] == 1) continue;
    if (first) inner = stride[axes.axis[k]];
    else if (stride[axes.axis[k]] != expected) return no_stride;
    expected = stride[axes.axis[k]] * axes.extent[k];
    first = false;
  }
  return inner;
}

template <class T>
class contraction {
 public:
  contraction(const call& c, const program_table& p, const stage_program& s)
      : a_(c.view(p.buffer[s.buffer[s.a]])),
        b_(c.view(p.buffer[s.buffer[s.b]])),
        c_(c.view(p.buffer[s.buffer[s.c]])),
        batched_(c, s.batched),
        rows_(c, s.rows),
        columns_(c, s.columns),
        summed_(c, s.inner),
        m_(c.positions(s.rows)),
        n_(c.positions(s.columns)),
        k_(c.positions(s.inner)),
        batches_(c.positions(s.batched)),
        zero_stays_(s.zero_stays) {
    pack_a_ = must_pack(a_, rows_, summed_);
    pack_b_ = zero_stays_ || must_pack(b_, summed_, columns_);
  }

  std::size_t scratch_bytes() const {
    return (pack_a_ ? rounded_up(sizeof(T) * static_cast<std::size_t>(m_ * k_)) : 0) +
           (pack_b_ ? rounded_up(sizeof(T) * static_cast<std::size_t>(k_ * n_)) : 0);
  }

  /// Calls product(a, b, c) for every position of the batched axes. Where a 0 of a stays 0, what is
  /// not finite of b counts as 0 there, and is added afterwards.
  template <class Product>
  void run(std::byte* scratch, Product product) const {
    T* packed_a = reinterpret_cast<T*>(scratch);
    T* packed_b =
        packed_a +
        (pack_a_ ? rounded_up(sizeof(T) * static_cast<std::size_t>(m_ * k_)) / sizeof(T) : 0);
    for (std::int64_t batch = 0; batch < batches_; ++batch) {
      const std::int64_t a = batched_.offset(batch, a_.stride),
                         b = batched_.offset(batch, b_.stride);
      T* c = static_cast<T*>(const_cast<void*>(c_.data)) + batched_.offset(batch, c_.stride);
      const auto left = matrix(a, a_, rows_, summed_, m_, k_, pack_a_ ? packed_a : nullptr),
                 right = matrix(b, b_, summed_, columns_, k_, n_, pack_b_ ? packed_b : nullptr);
      const matrix_view<T> out{c, m_, n_, common_stride(rows_, c_.stride),
                               common_stride(columns_, c_.stride)};
      const bool is_finite = !zero_stays_ || row_is_finite(packed_b, k_ * n_);
      if (!is_finite) drop_not_finite(packed_b);
      product(left, right, out);
      if (!is_finite) add_not_finite(left, b, out);
    }
  }

 private:
  memory_view a_, b_, c_;
  odometer batched_, rows_, columns_, summed_;
  std::int64_t m_, n_, k_, batches_;
  bool zero_stays_, pack_a_, pack_b_;

  void drop_not_finite(T* packed_b) const {
    for (std::int64_t i = 0; i < k_ * n_; ++i)
      if (!kd::detail::is_finite(packed_b[i])) packed_b[i] = T(0);
  }
  /// Adds the products of what is not finite of b, which starts at `offset`, but those of a 0.
  void add_not_finite(const matrix_view<const T>& a, std::int64_t offset,
                      const matrix_view<T>& c) const {
    for (std::int64_t k = 0; k < k_; ++k)
      for (std::int64_t j = 0; j < n_; ++j) {
        const T x =
            number_at<T>(b_, offset + summed_.offset(k, b_.stride) + columns_.offset(j, b_.stride));
        if (kd::detail::is_finite(x)) continue;
        for (std::int64_t i = 0; i < m_; ++i)
          if (const T y = a.data[i * a.row_stride + k * a.column_stride]; y != T(0))
            c.data[i * c.row_stride + j] += y * x;
      }
  }

  /// Whether a matrix is of another type, or neither row- nor column-major as it lies. A stride of
  /// 0 is an extent of 1, or repetition.
  static bool must_pack(const memory_view& v, const odometer& rows, const odometer& columns) {
    const std::int64_t row_stride = common_stride(rows, v.stride),
                       column_stride = common_stride(columns, v.stride);
    return v.type != element_of<T>() || row_stride == no_stride || column_stride == no_stride ||
           (row_stride != 1 && column_stride != 1);
  }

  /// The matrix that starts at `offset`, packed along the axes whose positions are contiguous.
  static matrix_view<const T> matrix(std::int64_t offset, const memory_view& v,
                                     const odometer& rows, const odometer& columns, std::int64_t m,
                                     std::int64_t n, T* packed) {
    if (packed == nullptr)
      return {static_cast<const T*>(v.data) + offset, m, n, common_stride(rows, v.stride),
              common_stride(columns, v.stride)};
    if (rows.contiguous(v.stride) && !columns.contiguous(v.stride)) {
      for (std::int64_t j = 0; j < n; ++j)
        copy_row_in(packed + j * m, v, offset + columns.offset(j, v.stride), rows, m);
      return {packed, m, n, 1, m};
    }
    for (std::int64_t i = 0; i < m; ++i)
      copy_row_in(packed + i * n, v, offset + rows.offset(i, v.stride), columns, n);
    return {packed, m, n, n, 1};
  }
};

}  // namespace kd::detail
