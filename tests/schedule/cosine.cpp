// SPDX-License-Identifier: MIT
#include <kd/schedule/cosine.hpp>
#include "support/catch.hpp"

TEST_CASE("cosine starts and ends slowly") {
  const kd::schedule s = kd::cosine(8, 2);
  CHECK(s(0) == 8);
  CHECK(s(1) == 2);
  CHECK(s(0.5) == Approx(5));
  CHECK(s(0.01) > 7.99);
  CHECK(s(0.99) < 2.01);
  for (double p = 0.01; p < 1; p += 0.01) CHECK(s(p) < s(p - 0.01));
}
