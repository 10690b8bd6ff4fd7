// SPDX-License-Identifier: MIT
#include <kd/schedule/hold.hpp>
#include <kd/schedule/linear.hpp>
#include "schedule/laws.hpp"

TEST_CASE("hold waits at the start of what follows, which then fills the rest") {
  const kd::schedule s = kd::hold(0.2, kd::linear(4, 1));
  kd::test::check_goes(s, 4, 1);
  CHECK(s(0.1) == 4);
  CHECK(s(0.2) == 4);
  CHECK(s(0.6) == Approx(2.5));
}

TEST_CASE("hold of no length is what follows") { CHECK(kd::hold(0, kd::linear(4, 1))(0.5) == 2.5); }

TEST_CASE("hold needs a fraction below 1") {
  CHECK_THROWS_AS(kd::hold(1, 3), kd::value_error);
  CHECK_THROWS_AS(kd::hold(-0.1, 3), kd::value_error);
}
