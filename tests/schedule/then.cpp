// SPDX-License-Identifier: MIT
#include <kd/schedule/cosine.hpp>
#include <kd/schedule/hold.hpp>
#include <kd/schedule/linear.hpp>
#include <kd/schedule/then.hpp>
#include <kd/schedule/warmup.hpp>
#include "schedule/laws.hpp"

TEST_CASE("then runs one schedule after the other, each from its start to its end") {
  const kd::schedule s = kd::then(0.25, kd::linear(1, 3), kd::linear(8, 4));
  CHECK(s(0) == 1);
  CHECK(s(0.125) == Approx(2));
  CHECK(s(std::nextafter(0.25, 0)) == Approx(3));
  CHECK(s(0.25) == 8);
  CHECK(s(0.625) == Approx(6));
  CHECK(s(1) == 4);
}

TEST_CASE("then without jump is continuous") {
  kd::test::check_goes(kd::then(0.7, kd::cosine(1, 3), kd::linear(3, 4)), 1, 4);
}

TEST_CASE("warmup and hold are then with a line and with a constant") {
  const kd::schedule s = kd::cosine(8, 2);
  for (int i = 0; i <= 20; ++i) {
    CHECK(kd::warmup(0.3, s)(i / 20.0) == Approx(kd::then(0.3, kd::linear(0, 8), s)(i / 20.0)));
    CHECK(kd::hold(0.3, s)(i / 20.0) == kd::then(0.3, 8, s)(i / 20.0));
  }
}

TEST_CASE("then needs a fraction below 1") {
  CHECK_THROWS_AS(kd::then(1, 3, 4), kd::value_error);
  CHECK_THROWS_AS(kd::then(-0.1, 3, 4), kd::value_error);
}
