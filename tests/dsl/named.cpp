// SPDX-License-Identifier: MIT
#include <kd/dsl/named.hpp>
#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::named<"part">(x), batch, classes));

TEST_CASE("named: a scalar part is reported") {
  const auto total = kd::named<"total">(kd::sum<batch, classes>(x));
  const auto result = kd::evaluate(2 * total + 1.0, kd::reference, x = X);
  CHECK(result.value() == 23);
  CHECK(result.term<"total">() == 11);
}
TEST_CASE("named: parameters inside have a scope of their own") {
  const auto part = [](double a) {
    return kd::named<"part">(kd::parameter<"a">(a) * kd::sum<batch, classes>(x));
  };
  CHECK(value_of(part(1) + part(2), x = X) == 33);
  CHECK_THROWS_AS(value_of(kd::named<"both">(kd::parameter<"a">(1) * kd::sum<batch, classes>(x) +
                                             kd::parameter<"a">(2)),
                           x = X),
                  kd::value_error);
}
