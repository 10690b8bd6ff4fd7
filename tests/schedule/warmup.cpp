// SPDX-License-Identifier: MIT
#include <kd/schedule/linear.hpp>
#include <kd/schedule/warmup.hpp>
#include "schedule/laws.hpp"

TEST_CASE("warmup ramps from zero to the start of what follows, which then fills the rest") {
  const kd::schedule s = kd::warmup(0.2, kd::linear(4, 1));
  CHECK(s(0) == 0);
  CHECK(s(0.1) == Approx(2));
  CHECK(s(0.2) == Approx(4));
  CHECK(s(0.6) == Approx(2.5));
  CHECK(s(1) == 1);
  CHECK(kd::test::largest_jump(s) <= 0.021);
}

TEST_CASE("warmup of no length is what follows") { CHECK(kd::warmup(0, kd::linear(4, 1))(0) == 4); }

TEST_CASE("warmup needs a fraction below 1") {
  CHECK_THROWS_AS(kd::warmup(1, 3), kd::value_error);
  CHECK_THROWS_WITH(kd::warmup(-0.1, 3),
                    "kd: parameter 'fraction' of warmup(fraction, then) is -0.1; it must be in "
                    "[0, 1); kd::timeline makes it from epochs or steps");
}
