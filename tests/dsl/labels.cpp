// SPDX-License-Identifier: MIT
#include <kd/dsl/labels.hpp>
#include "dsl/values.hpp"

using namespace kd::test;
using Catch::Contains;

static_assert(has_exactly(kd::pick<classes>(x, y), batch));
static_assert(has_exactly(kd::one_hot<classes>(y), batch, classes));
static_assert(has_exactly(kd::is_label(y, -1), batch));
inline constexpr auto ids = kd::labels<"ids", batch, top>;
inline constexpr auto w = kd::student<"w", batch, top, feature>;
static_assert(has_exactly(kd::scatter<classes>(1, ids), batch, classes));
static_assert(has_exactly(kd::scatter<classes, batch>(1, ids), top, classes));
static_assert(has_exactly(kd::scatter<classes, batch, top>(w, ids), classes, feature));
static_assert(has_exactly(kd::scatter<classes>(kd::constant_of<1>, ids, -1), batch, classes));

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
TEST_CASE("labels: scatter adds at the position that a label names, where pick reads") {
  const std::array<int, 6> at{2, 0, 2, 1, 1, -1};
  const std::array<int, 6> legal{2, 0, 2, 1, 1, 0};
  const auto I = kd::tensor(at.data(), {2, 3}), L = kd::tensor(legal.data(), {2, 3});
  constexpr auto p = kd::student<"p", batch, top>;
  const std::array<double, 6> p_values{1, 2, 4, 8, 16, 32};
  const auto P = kd::tensor(p_values.data(), {2, 3});
  // x: 1 -2 3, 0 5 4; added: 2 0 5, 32 24 0
  const auto all = kd::sum<batch, classes>(x * kd::scatter<classes>(p, ids));
  CHECK(value_of(all, x = X, p = P, ids = L) == 2 + 15 + 120);
  CHECK(value_of(all, x = X, p = P, ids = L) ==
        value_of(kd::sum<batch, top>(p * kd::pick<classes>(x, ids)), x = X, p = P, ids = L));
  const auto some = kd::sum<batch, classes>(x * kd::scatter<classes>(p, ids, -1));
  CHECK(value_of(some, x = X, p = P, ids = I) == 2 + 15 + 120);
  CHECK_THROWS_WITH(value_of(all, x = X, p = P, ids = I),
                    Contains("names no position of axis 'classes'"));
  const auto twice = kd::sum<batch, classes>(x * kd::scatter<classes>(2, ids));
  CHECK(value_of(twice, x = X, ids = L) == 2 * (1 + 2 * 3 + 0 + 2 * 5));
  const auto of_both = kd::sum<classes>(kd::square(kd::scatter<classes, batch, top>(p, ids)));
  const auto none = 0 * kd::sum<batch, classes>(x);  // which tells the extent of classes
  CHECK(value_of(of_both + none, x = X, p = P, ids = L) == 34 * 34 + 24 * 24 + 5 * 5);
  const auto result = kd::evaluate(some, kd::eigen, x = X, p = P, ids = I);
  CHECK(result.gradient(p)(1, 0) == 5);
  CHECK(result.gradient(p)(1, 2) == 0);
}
TEST_CASE("labels: the ignored one counts as 0") {
  const auto labels = std::array{-1, 1};
  CHECK(value_of(kd::sum<batch>(kd::pick<classes>(x, y, -1)), x = X, y = labels) == 5);
  const auto hot = kd::one_hot<classes>(y, -1) * (x + 10);  // x: 1 -2 3, 0 5 4
  CHECK(value_of(kd::sum<batch, classes>(hot), x = X, y = labels) == 15);
  CHECK(value_of(kd::sum<batch, classes>(kd::is_label(y, -1) * x), x = X, y = labels) == 9);
}
