// SPDX-License-Identifier: MIT
#include <kd/dsl/similarity.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::cosine_similarity<classes>(x, z), batch));
static_assert(has_exactly(kd::pearson<batch>(x, z), classes));
static_assert(has_exactly(kd::distances<classes>(x, kd::as<batch, other>(z)), batch, other));

TEST_CASE("similarity: cosine and Pearson's correlation") {
  CHECK(value_of(kd::sum<batch>(kd::cosine_similarity<classes>(x, 3 * x)), x = X) == close_to(2));
  CHECK(value_of(kd::sum<batch>(kd::pearson<classes>(x, 1.0 - 2 * x)), x = X) == close_to(-2));
  // x: 1 -2 3, 0 5 4      z: 3 1 2, 2 2 2
  CHECK(value_of(kd::sum<batch>(kd::cosine_similarity<classes>(x, z)), x = X, z = Z) ==
        close_to(7.0 / 14 + 18 / std::sqrt(41 * 12)));
  CHECK(value_of(kd::sum<batch>(kd::pearson<classes>(x, z)), x = X, z = Z) ==
        close_to(3 / std::sqrt((14 - 4.0 / 3) * 2)));  // a constant row counts 0
}
TEST_CASE("similarity: distances of all pairs of rows") {
  const auto between = kd::squared_distances<classes>(x, kd::as<batch, other>(x));
  CHECK(value_of(kd::sum<batch, other>(between), x = X) == close_to(2 * (1 + 49 + 1)));
  const auto apart = kd::distances<classes>(x, kd::as<batch, other>(z));
  CHECK(value_of(kd::sum<batch, other>(apart), x = X, z = Z) ==
        close_to(std::sqrt(4 + 9 + 1) + std::sqrt(1 + 16 + 1) + std::sqrt(9 + 16 + 4) +
                 std::sqrt(4 + 9 + 4)));
}
