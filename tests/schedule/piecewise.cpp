// SPDX-License-Identifier: MIT
#include <kd/schedule/piecewise.hpp>
#include "schedule/laws.hpp"

TEST_CASE("piecewise goes straight from breakpoint to breakpoint") {
  const kd::schedule s = kd::piecewise({{0.2, 1}, {0.6, 3}, {0.8, -1}});
  CHECK(s(0) == 1);
  CHECK(s(0.2) == 1);
  CHECK(s(0.3) == Approx(1.5));
  CHECK(s(0.6) == 3);
  CHECK(s(0.7) == Approx(1));
  CHECK(s(0.8) == -1);
  CHECK(s(1) == -1);
  CHECK(kd::test::largest_jump(s) <= 0.021);
}

TEST_CASE("piecewise of two breakpoints at the ends never turns back") {
  kd::test::check_goes(kd::piecewise({{0, 0.1}, {1, 0.7}}), 0.1, 0.7);
}

TEST_CASE("piecewise needs breakpoints in [0, 1] in order") {
  CHECK_THROWS_AS(kd::piecewise({}), kd::value_error);
  CHECK_THROWS_AS(kd::piecewise({{0, 1}, {2, 2}}), kd::value_error);
  CHECK_THROWS_WITH(kd::piecewise({{0.5, 1}, {0.25, 2}}),
                    "kd: piecewise(progress: value, ...) has a breakpoint at 0.25 after one at "
                    "0.5; put them in order");
}
