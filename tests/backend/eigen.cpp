// SPDX-License-Identifier: MIT
#include <kd/backend/eigen.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using kd::detail::matrix_view;

namespace {

/// A matrix of doubles, by rows or by columns, with a gap between them.
struct strided {
  std::vector<double> memory;
  std::int64_t rows, columns, row_stride, column_stride;
  strided(std::int64_t r, std::int64_t c, bool by_rows, std::int64_t gap, double seed)
      : memory(static_cast<std::size_t>((r + gap) * (c + gap)), -1),
        rows(r),
        columns(c),
        row_stride(by_rows ? c + gap : 1),
        column_stride(by_rows ? 1 : r + gap) {
    for (std::int64_t i = 0; i < r; ++i)
      for (std::int64_t j = 0; j < c; ++j)
        at(i, j) = std::sin(seed + static_cast<double>(i * 31 + j));
  }
  double& at(std::int64_t i, std::int64_t j) {
    return memory[static_cast<std::size_t>(i * row_stride + j * column_stride)];
  }
  matrix_view<const double> view() const {
    return {memory.data(), rows, columns, row_stride, column_stride};
  }
};

}  // namespace

TEST_CASE("products of matrices of either storage order are those of plain loops") {
  for (const auto& [m, k, n] :
       {std::array{1, 1, 1}, {3, 4, 5}, {65, 7, 1}, {1, 9, 40}, {130, 33, 70}})
    for (bool a_rows : {true, false})
      for (bool b_rows : {true, false})
        for (std::int64_t gap : {0, 3}) {
          strided a(m, k, a_rows, gap, 1), b(k, n, b_rows, gap, 2);
          std::vector<double> c(static_cast<std::size_t>(m * n), 99);
          kd::detail::eigen_backend::product(a.view(), b.view(),
                                             matrix_view<double>{c.data(), m, n, n, 1});
          kd::test::largest error;
          for (int i = 0; i < m; ++i)
            for (int j = 0; j < n; ++j) {
              double sum = 0;
              for (int l = 0; l < k; ++l) sum += a.at(i, l) * b.at(l, j);
              const auto at = static_cast<std::size_t>(i) * static_cast<std::size_t>(n);
              error(sum - c[at + static_cast<std::size_t>(j)]);
            }
          CHECK(error.value() < 1e-12);
        }
}

TEST_CASE("Eigen objects are seen with their strides") {
  Eigen::MatrixXf columns(3, 5);
  const auto view = kd::tensor_traits<Eigen::MatrixXf>::view<2>(columns);
  CHECK(view.extents[0] == 3);
  CHECK(view.strides[0] == 1);
  CHECK(view.strides[1] == 3);
  auto block = columns.block(1, 1, 2, 3);
  CHECK(kd::tensor_traits<decltype(block)>::view<2>(block).data == &columns(1, 1));
  Eigen::VectorXi v(4);
  CHECK(kd::tensor_traits<Eigen::VectorXi>::view<1>(v).extents[0] == 4);
  static_assert(std::is_const_v<kd::tensor_traits<const Eigen::MatrixXf>::element>);
}
