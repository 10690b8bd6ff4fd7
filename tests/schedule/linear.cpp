// SPDX-License-Identifier: MIT
#include <kd/schedule/linear.hpp>
#include "support/catch.hpp"

TEST_CASE("linear goes straight from one value to the other") {
  const kd::schedule s = kd::linear(0.9, 0.5);
  CHECK(s(0) == 0.9);
  CHECK(s(1) == 0.5);
  CHECK(s(0.25) == Approx(0.8));
}
