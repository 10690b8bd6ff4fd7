// SPDX-License-Identifier: MIT
#include <kd/schedule/cosine.hpp>
#include <kd/schedule/cyclic.hpp>
#include <kd/schedule/piecewise.hpp>
#include "schedule/laws.hpp"

TEST_CASE("cyclic runs a schedule several times and ends where that ends") {
  const kd::schedule once = kd::cosine(8, 2), s = kd::cyclic(4, once);
  CHECK(s(0) == 8);
  CHECK(s(0.125) == Approx(once(0.5)));
  CHECK(s(0.25) == 8);  // a restart
  CHECK(s(std::nextafter(0.25, 0)) == Approx(2));
  CHECK(s(0.8125) == Approx(once(0.25)));
  CHECK(s(1) == 2);
  CHECK(s(2) == 2);
}

TEST_CASE("a cycle that ends where it begins has no jumps") {
  CHECK(kd::test::largest_jump(kd::cyclic(3, kd::piecewise({{0, 1}, {0.5, 2}, {1, 1}}))) < 0.01);
}

TEST_CASE("cyclic once is the schedule") {
  for (const double p : {0.0, 0.3, 1.0})
    CHECK(kd::cyclic(1, kd::cosine(8, 2))(p) == kd::cosine(8, 2)(p));
}

TEST_CASE("cyclic needs a whole number of cycles") {
  for (const double bad : {0.0, -1.0, 2.5, 1e12, HUGE_VAL})
    CHECK_THROWS_AS(kd::cyclic(bad, 1), kd::value_error);
}
