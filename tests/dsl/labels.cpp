// SPDX-License-Identifier: MIT
#include <kd/dsl/labels.hpp>
#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::pick<classes>(x, y), batch));
static_assert(has_exactly(kd::one_hot<classes>(y), batch, classes));
static_assert(has_exactly(kd::is_label(y, -1), batch));

TEST_CASE("labels: pick reads a position, one_hot writes one") {
  // x: 1 -2 3, 0 5 4; y: 2, 0
  CHECK(value_of(kd::sum<batch>(kd::pick<classes>(x, y)), x = X, y = Y) == 3);
  CHECK(value_of(kd::sum<batch, classes>(kd::one_hot<classes>(y) * x), x = X, y = Y) == 3);
  CHECK_THROWS_AS(value_of(kd::sum<batch>(kd::pick<classes>(x, y)), x = X, y = std::array{3, 0}),
                  kd::value_error);
}
TEST_CASE("labels: the ignored one counts as 0") {
  const auto labels = std::array{-1, 1};
  CHECK(value_of(kd::sum<batch>(kd::pick<classes>(x, y, -1)), x = X, y = labels) == 5);
  const auto hot = kd::one_hot<classes>(y, -1) * (x + 10);  // x: 1 -2 3, 0 5 4
  CHECK(value_of(kd::sum<batch, classes>(hot), x = X, y = labels) == 15);
  CHECK(value_of(kd::sum<batch, classes>(kd::is_label(y, -1) * x), x = X, y = labels) == 9);
}
