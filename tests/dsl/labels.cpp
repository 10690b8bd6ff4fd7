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
TEST_CASE("labels: an ignored row is 0 whatever is picked from, and has no gradient") {
  const auto labels = std::array{-100, 1};
  const auto row = kd::pick<classes>(kd::log_softmax<classes>(x), y, -100);
  const auto plain = kd::pick<classes>(kd::log_softmax<classes>(x), y);
  const auto both = kd::evaluate(kd::sum<batch>(row), kd::reference, x = X, y = labels);
  const auto second = kd::tensor(x_values.data() + 3, {1, 3});
  const auto one =
      kd::evaluate(kd::sum<batch>(plain), kd::reference, x = second, y = std::array{1});
  CHECK(both.value() == close_to(one.value()));
  const auto fast = kd::evaluate(kd::sum<batch>(row), kd::eigen, x = X, y = labels);
  CHECK(fast.value() == close_to(one.value()));
  for (int c = 0; c < 3; ++c) {
    CHECK(both.gradient(x).data[c] == 0);
    CHECK(fast.gradient(x)(0, c) == 0);
    CHECK(fast.gradient(x)(1, c) == close_to(one.gradient(x).data[c]));
  }
  const auto ones =
      kd::sum<batch, classes>(kd::one_hot<classes>(y, -100)) + 0 * kd::sum<batch, classes>(x);
  CHECK(kd::evaluate(ones, kd::eigen, x = X, y = labels).value() == 1);
  const auto squares = kd::sum<batch, classes>(kd::square(kd::gradient_of(kd::sum<batch>(row), x)));
  CHECK(kd::evaluate(squares, kd::eigen, x = X, y = labels).value() > 0);  // a legal label
}
TEST_CASE("labels: the ignored one counts as 0") {
  const auto labels = std::array{-1, 1};
  CHECK(value_of(kd::sum<batch>(kd::pick<classes>(x, y, -1)), x = X, y = labels) == 5);
  const auto hot = kd::one_hot<classes>(y, -1) * (x + 10);  // x: 1 -2 3, 0 5 4
  CHECK(value_of(kd::sum<batch, classes>(hot), x = X, y = labels) == 15);
  CHECK(value_of(kd::sum<batch, classes>(kd::is_label(y, -1) * x), x = X, y = labels) == 9);
}
