// SPDX-License-Identifier: MIT
#include <kd/schedule/linear.hpp>
#include <kd/schedule/polynomial.hpp>
#include "schedule/laws.hpp"

TEST_CASE("polynomial falls with a power of what is left of training") {
  const kd::schedule s = kd::polynomial(9, 1, 2);
  kd::test::check_goes(s, 9, 1);
  kd::test::check_goes(kd::polynomial(0.1, 0.7, 3.5), 0.1, 0.7);
  kd::test::check_goes(kd::polynomial(0.1, 100, 2), 0.1, 100);
  CHECK(s(0.5) == Approx(3));
  CHECK(s(0.99) == Approx(1).margin(1e-3));
}

TEST_CASE("polynomial of power 1 is linear") {
  for (const double p : {0.1, 0.5, 0.8})
    CHECK(kd::polynomial(3, 5, 1)(p) == Approx(kd::linear(3, 5)(p)));
}

TEST_CASE("polynomial needs a positive power") {
  CHECK_THROWS_AS(kd::polynomial(1, 0, 0), kd::value_error);
  CHECK_THROWS_AS(kd::polynomial(1, 0, -2), kd::value_error);
}
