// SPDX-License-Identifier: MIT
#include <kd/schedule/exponential.hpp>
#include "schedule/laws.hpp"

TEST_CASE("exponential changes by the same factor over equal lengths") {
  const kd::schedule s = kd::exponential(0.1, 0.001);
  kd::test::check_goes(s, 0.1, 0.001);
  kd::test::check_goes(kd::exponential(100, 0.1), 100, 0.1);
  CHECK(s(0.5) == Approx(0.01));
  CHECK(s(0.3) / s(0.1) == Approx(s(0.9) / s(0.7)));
  CHECK(kd::exponential(1e300, 1e-300)(0.5) == Approx(1));
}

TEST_CASE("exponential needs positive values") {
  for (const double bad : {0.0, -1.0, HUGE_VAL}) {
    CHECK_THROWS_AS(kd::exponential(bad, 1), kd::value_error);
    CHECK_THROWS_AS(kd::exponential(1, bad), kd::value_error);
  }
  CHECK_THROWS_WITH(kd::exponential(1, -2),
                    "kd: parameter 'to' of exponential(from, to) is -2; it must be positive and "
                    "finite");
}
