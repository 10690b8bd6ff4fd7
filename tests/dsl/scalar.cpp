// SPDX-License-Identifier: MIT
#include <kd/dsl/scalar.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

static_assert(kd::Scalar<int> && kd::Scalar<const kd::schedule&> && !kd::Scalar<const char*>);
static_assert(has_exactly(kd::constant_of<1>));
static_assert(has_exactly(kd::positive<"temperature">(2) * x, batch, classes));

TEST_CASE("scalar: numbers, constants and schedules") {
  const auto total = kd::sum<batch, classes>(x);  // 11
  CHECK(value_of(2 * total - 1.5, x = X) == 20.5);
  CHECK(value_of(total * kd::constant_of<3, 4>, x = X) == 8.25);
  CHECK(value_of(total * kd::constant_of<1, 1, -3>, x = X) == close_to(0.011));
  CHECK(value_of(total * kd::constant_of<-2, 1, 2>, x = X) == -2200);
  const kd::schedule rising = kd::linear(1, 2);
  CHECK(value_of(rising * total, kd::at(0.5), x = X) == 16.5);
  static_assert(std::is_same_v<decltype(2 * rising - 1), kd::schedule>);
}
TEST_CASE("scalar: functions of schedules alone are expressions") {
  const kd::schedule p = kd::linear(0, 1);
  const auto at = [](auto e) { return value_of(e, kd::at(0.5), x = X); };
  const auto none = kd::constant_of<0> * kd::sum<batch, classes>(x);
  CHECK(at(none + kd::exp(p)) == close_to(std::exp(0.5)));
  CHECK(at(none + kd::square(p)) == 0.25);
  CHECK(at(none + kd::relu(-p)) == 0);
  CHECK(at(none + kd::pow(2, p)) == close_to(std::sqrt(2)));
  CHECK(at(none + kd::max(p, 0.75)) == 0.75);
  CHECK(at(none + kd::where(kd::greater(p, 0.25), p, 3)) == 0.5);
  CHECK(at(none + kd::where(p, 2, 3)) == 2);
}
TEST_CASE("scalar: a parameter has one value in a scope, inside its range") {
  const auto total = kd::sum<batch, classes>(x);
  const auto twice = [&](double a, double b) {
    return kd::parameter<"a">(a) * total + kd::parameter<"a">(b);
  };
  CHECK(value_of(twice(-2, -2), x = X) == -24);
  CHECK_THROWS_AS(value_of(twice(2, 3), x = X), kd::value_error);
  CHECK_THROWS_AS(value_of(kd::positive<"a">(0) * total, x = X), kd::value_error);
  CHECK_THROWS_AS(value_of(kd::fraction<"a">(1.1) * total, x = X), kd::value_error);
  CHECK(value_of(kd::fraction<"a">(1) * total, x = X) == 11);
}
