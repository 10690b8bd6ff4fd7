// SPDX-License-Identifier: MIT
#include <cmath>
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

TEST_CASE("progress that is not a number is an error") {
  for (const auto& s : {kd::cosine(1, 2), kd::schedule(3), kd::step({{0, 1}, {0.5, 2}})})
    CHECK_THROWS_WITH(
        s(std::nan("")),
        "kd: a schedule was given a progress that is not a number; give one in [0, 1]");
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

TEST_CASE("a schedule that holds only arithmetic is known at compile time") {
  constexpr kd::schedule s = (3 - kd::constant(1)) * kd::step({{0, 1}, {0.5, 4}});
  static_assert(s(0.2) == 2 && s(0.7) == 8);
  constexpr kd::schedule warm =
      1 - kd::warmup(0.1, kd::cosine(8, 2));  // constructed, not evaluated
  CHECK(warm(0) == 1);
}

TEST_CASE("a schedule is a small value") {
  static_assert(std::is_trivially_copyable_v<kd::schedule> && sizeof(kd::schedule) < 1024);
}

TEST_CASE("a constant is finite") {
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL})
    CHECK_THROWS_AS(kd::schedule(bad), kd::value_error);
  CHECK_THROWS_WITH(kd::constant(std::nan("")),
                    "kd: parameter 'value' of constant(value) is nan; it must be finite");
}

TEST_CASE("a schedule of more than 16 parts is an error") {
  kd::schedule s = 0;
  for (int i = 0; i < 7; ++i) s = s + 1;  // 15 parts
  CHECK((-s)(0) == -7);
  CHECK_THROWS_WITH(s + 1,
                    "kd: a schedule may have at most 16 parts; compute some of them beforehand");
  CHECK_THROWS_AS(-(-s), kd::value_error);
}
