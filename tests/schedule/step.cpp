// SPDX-License-Identifier: MIT
#include <kd/schedule/step.hpp>
#include "schedule/laws.hpp"

TEST_CASE("step keeps a value until the next breakpoint, which already has the next") {
  const kd::schedule s = kd::step({{0, 0.1}, {0.5, 0.01}, {0.75, 0.001}});
  CHECK(s(0) == 0.1);
  CHECK(s(std::nextafter(0.5, 0)) == 0.1);
  CHECK(s(0.5) == 0.01);
  CHECK(s(0.74) == 0.01);
  CHECK(s(0.75) == 0.001);
  CHECK(s(1) == 0.001);
}

TEST_CASE("before its first breakpoint step has the first value") {
  CHECK(kd::step({{0.5, 3}, {0.6, 4}})(0.1) == 3);
}

TEST_CASE("step needs breakpoints in [0, 1] in order") {
  CHECK_THROWS_AS(kd::step({}), kd::value_error);
  CHECK_THROWS_AS(kd::step({{0.5, 1}, {0.2, 2}}), kd::value_error);
  CHECK_THROWS_AS(kd::step({{0.5, 1}, {0.5, 2}}), kd::value_error);
  CHECK_THROWS_AS(kd::step({{-0.1, 1}}), kd::value_error);
  CHECK_THROWS_WITH(kd::step({{0, 1}, {30, 2}}),
                    "kd: parameter 'progress' of step(progress: value, ...) is 30; it must be in "
                    "[0, 1]; kd::timeline makes it from epochs or steps");
}
