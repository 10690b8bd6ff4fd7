// SPDX-License-Identifier: MIT
#include <kd/dsl/reduce.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::sum<classes>(x), batch));
static_assert(has_exactly(kd::mean<batch, classes>(x)));
static_assert(has_exactly(kd::mean<channel>(map), batch, height, width));
static_assert(has_exactly(kd::max<classes>(x), batch));
static_assert(has_exactly(kd::softmax<classes>(x), batch, classes));
static_assert(has_exactly(kd::extent<batch>));
static_assert(has_exactly(kd::sum_all_but<batch, width>(map), batch, width));
static_assert(has_exactly(kd::mean_all_but<>(map)));
static_assert(std::is_same_v<decltype(kd::mean_all_but<classes, batch>(x)),
                             std::remove_const_t<decltype(x)>>);

TEST_CASE("reduce: sums, means, extremes, over the axes that are named") {
  // x: 1 -2 3, 0 5 4
  CHECK(value_of(kd::sum<batch, classes>(x), x = X) == 11);
  CHECK(value_of(kd::mean<batch, classes>(x), x = X) == close_to(11.0 / 6));
  CHECK(value_of(kd::mean<batch>(kd::max<classes>(x)), x = X) == 4);
  CHECK(value_of(kd::mean<batch>(kd::min<classes>(x)), x = X) == -1);
  CHECK(value_of(kd::sum<classes>(kd::max<batch>(x)), x = X) == 1 + 5 + 4);
  CHECK(value_of(kd::extent<classes> * kd::sum<batch, classes>(x), x = X) == 33);
}
TEST_CASE("reduce: log_sum_exp and the softmax, without overflow") {
  const std::array<double, 6> far{1000, 1000, -1000, 0, 0, 0};
  const auto F = kd::tensor(far.data(), {2, 3});
  CHECK(value_of(kd::sum<batch>(kd::log_sum_exp<classes>(x)), x = F) ==
        close_to(1000 + std::log(2) + std::log(3)));
  CHECK(value_of(kd::max<batch, classes>(kd::softmax<classes>(x)), x = F) == close_to(0.5));
  CHECK(value_of(kd::sum<batch, classes>(kd::softmax<classes>(x)), x = X) == close_to(2));
  CHECK(value_of(kd::min<batch, classes>(kd::log_softmax<classes>(x)), x = F) ==
        close_to(-2000 - std::log(2)));
}
TEST_CASE("reduce: over all axes but some, also where a slice is around") {
  CHECK(value_of(kd::max<batch>(kd::sum_all_but<batch>(x)), x = X) == 9);
  CHECK(value_of(kd::sum<classes>(kd::square(kd::mean_all_but<classes>(x))), x = X) ==
        close_to(0.25 + 2.25 + 12.25));
  CHECK(value_of(kd::mean_all_but<>(x), x = X) == close_to(11.0 / 6));
  CHECK(value_of(kd::mean_all_but<>(x), x = kd::tensor(x_values.data(), {0, 3})) == 0);
  const auto least = kd::without_first<classes, token>(x - kd::mean_all_but<batch>(x));
  CHECK(value_of(kd::sum<batch, token>(least), x = X) ==
        close_to(-2 + 3 + 5 + 4 - 2 * (2.0 / 3 + 3)));
  const auto mixed =
      kd::without_last<classes, token>(kd::sum_all_but<classes>(x * kd::at<classes, 0>(z)));
  CHECK(value_of(kd::max<token>(mixed), x = X, z = Z) == close_to(4));
}
