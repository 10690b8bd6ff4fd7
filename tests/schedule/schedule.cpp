// SPDX-License-Identifier: MIT
#include <kd/schedule.hpp>
#include "support/catch.hpp"

TEST_CASE("a number is a constant schedule") {
  const kd::schedule s = 3;
  CHECK(s(0) == 3);
  CHECK(s(0.7) == 3);
  CHECK(kd::constant(2.5)(1) == 2.5);
}

TEST_CASE("progress outside 0 to 1 is taken to the nearest end") {
  CHECK(kd::linear(1, 3)(-1) == 1);
  CHECK(kd::linear(1, 3)(2) == 3);
}

TEST_CASE("schedules add, subtract, multiply and divide, with numbers too") {
  const kd::schedule a = kd::linear(1, 3), b = kd::cosine(8, 2);
  const double p = 0.3;
  CHECK((a + b)(p) == a(p) + b(p));
  CHECK((a - b)(p) == a(p) - b(p));
  CHECK((a * b)(p) == a(p) * b(p));
  CHECK((a / b)(p) == a(p) / b(p));
  CHECK((1 - a)(p) == 1 - a(p));
  CHECK((2 * a + 1)(p) == 2 * a(p) + 1);
  CHECK((-a)(p) == -a(p));
  CHECK(((a + b) * (a - b))(p) == (a(p) + b(p)) * (a(p) - b(p)));
}

TEST_CASE("a schedule of more than 16 parts is an error") {
  kd::schedule s = 0;
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 20; ++i) s = s + 1;
      }(),
      kd::value_error);
}
