// SPDX-License-Identifier: MIT
#include <kd/nn/product.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

using kd::nn::detail::product;

namespace {

// Every tile: more rows than the tallest, more columns than two of the widest.
template <class T>
void check_all_sizes(bool add) {
  const std::int64_t runs = 2, length = 3, most_rows = 31, most_columns = 67;
  const std::int64_t c_row = most_columns + 2;
  const auto a = numbers::distinct<T>(static_cast<std::size_t>(runs * 500), 1);
  const auto b = numbers::distinct<T>(static_cast<std::size_t>(runs * length * most_columns), 2);
  const auto start = numbers::distinct<T>(static_cast<std::size_t>(most_columns), 3);
  const T untouched = T(77);
  for (std::int64_t rows = 1; rows <= most_rows; ++rows)
    for (std::int64_t columns = 1; columns <= most_columns; ++columns) {
      std::vector<T> c(static_cast<std::size_t>((rows + 1) * c_row), untouched);
      const product<T> p{.a = a.data(),
                         .a_row = 5,
                         .a_step = 2,
                         .a_run = 500,
                         .b = b.data(),
                         .b_row = most_columns,
                         .c = c.data(),
                         .c_row = c_row,
                         .start = add ? nullptr : start.data(),
                         .runs = runs,
                         .length = length};
      if (add) kd::nn::detail::multiply_add(p, rows, columns);
      else kd::nn::detail::multiply(p, rows, columns);
      for (std::int64_t m = 0; m <= rows; ++m)
        for (std::int64_t n = 0; n < c_row; ++n) {
          double sum = static_cast<double>(untouched);
          if (m < rows && n < columns) {
            if (!add) sum = static_cast<double>(start[static_cast<std::size_t>(n)]);
            for (std::int64_t run = 0; run < runs; ++run)
              for (std::int64_t k = 0; k < length; ++k)
                sum += static_cast<double>(a[static_cast<std::size_t>(run * 500 + k * 2 + m * 5)]) *
                       static_cast<double>(
                           b[static_cast<std::size_t>((run * length + k) * most_columns + n)]);
          }
          const double found = static_cast<double>(c[static_cast<std::size_t>(m * c_row + n)]);
          if (!(std::abs(found - sum) <= (sizeof(T) == 4 ? 1e-4 : 1e-12))) {
            CAPTURE(rows, columns, m, n, found, sum);
            FAIL("an element of the product is wrong");
          }
        }
    }
  SUCCEED();
}

}  // namespace

TEST_CASE("product: equals three loops at every size, and writes nothing else", "[nn]") {
  check_all_sizes<float>(false);
  check_all_sizes<double>(false);
}

TEST_CASE("product: adding adds every element once, also where tiles overlap", "[nn]") {
  check_all_sizes<float>(true);
  check_all_sizes<double>(true);
}

TEST_CASE("product: without steps it is its start", "[nn]") {
  const float start[] = {1, 2, 3}, unread[6]{};
  float c[6] = {9, 9, 9, 9, 9, 9};
  kd::nn::detail::multiply<float>(
      {.a = unread, .b = unread, .c = c, .c_row = 3, .start = start, .length = 0}, 2, 3);
  CHECK(std::vector<float>(c, c + 6) == std::vector<float>{1, 2, 3, 1, 2, 3});
}
