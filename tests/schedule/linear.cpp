// SPDX-License-Identifier: MIT
#include <kd/schedule/linear.hpp>
#include "schedule/laws.hpp"

TEST_CASE("linear goes straight from one value to the other") {
  const kd::schedule s = kd::linear(0.9, 0.5);
  kd::test::check_goes(s, 0.9, 0.5);
  kd::test::check_goes(kd::linear(0.1, 0.7), 0.1, 0.7);
  kd::test::check_goes(kd::linear(100, 0.1), 100, 0.1);
  CHECK(s(0.25) == Approx(0.8));
  CHECK(s(0.5) == Approx(0.7));
}
