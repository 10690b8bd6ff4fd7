// SPDX-License-Identifier: MIT
#include <kd/dsl/contract.hpp>
#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::as<batch, other>(x), other, classes));
static_assert(has_exactly(kd::dot<classes>(x, kd::as<batch, other>(z)), batch, other));
static_assert(has_exactly(kd::dot_all_but<batch>(map, kd::as<batch, other>(map)), batch, other));

TEST_CASE("contract: products of all pairs of rows") {
  // x: 1 -2 3, 0 5 4      z: 3 1 2, 2 2 2
  const auto products = kd::dot<classes>(x, kd::as<batch, other>(z));  // (batch, other)
  CHECK(value_of(kd::sum<batch, other>(products), x = X, z = Z) == 7 + 4 + 13 + 18);
  CHECK(value_of(kd::max<batch, other>(products), x = X, z = Z) == 18);
  const auto same = kd::dot_all_but<batch>(x, kd::as<batch, other>(z));
  CHECK(value_of(kd::max<batch, other>(same), x = X, z = Z) == 18);
}
TEST_CASE("contract: over every axis, and renaming alone") {
  CHECK(value_of(kd::dot<batch, classes>(x, z), x = X, z = Z) == 7 + 18);
  CHECK(value_of(kd::sum<other, classes>(kd::as<batch, other>(x)), x = X) == 11);
}
