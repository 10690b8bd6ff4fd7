// SPDX-License-Identifier: MIT
#include <kd/schedule/cosine.hpp>
#include "schedule/laws.hpp"

TEST_CASE("cosine starts and ends slowly") {
  const kd::schedule s = kd::cosine(8, 2);
  kd::test::check_goes(s, 8, 2);
  kd::test::check_goes(kd::cosine(0.1, 0.7), 0.1, 0.7);
  kd::test::check_goes(kd::cosine(100, 0.1), 100, 0.1);
  CHECK(s(0.5) == Approx(5));
  CHECK(s(0.01) > 7.99);
  CHECK(s(0.99) < 2.01);
  CHECK(s(0.25) + s(0.75) == Approx(10));
}
