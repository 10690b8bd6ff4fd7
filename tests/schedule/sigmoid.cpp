// SPDX-License-Identifier: MIT
#include <kd/schedule/linear.hpp>
#include <kd/schedule/sigmoid.hpp>
#include "schedule/laws.hpp"

TEST_CASE("sigmoid is a logistic curve between its values, the same from both ends") {
  const kd::schedule s = kd::sigmoid(2, 6, 10);
  kd::test::check_goes(s, 2, 6);
  kd::test::check_goes(kd::sigmoid(0.7, 0.1, 3), 0.7, 0.1);
  kd::test::check_goes(kd::sigmoid(100, 0.1, 5), 100, 0.1);
  CHECK(s(0.5) == Approx(4));
  CHECK(s(0.2) + s(0.8) == Approx(8));
  const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
  const double low = logistic(-5), high = logistic(5);
  for (const double p : {0.1, 0.3, 0.6})
    CHECK(s(p) == Approx(2 + 4 * (logistic(10 * (p - 0.5)) - low) / (high - low)));
}

TEST_CASE("a steep sigmoid is a step, a flat one is linear") {
  CHECK(kd::sigmoid(0, 1, 1000)(0.48) < 1e-8);
  CHECK(kd::sigmoid(0, 1, 1000)(0.52) > 1 - 1e-8);
  CHECK(kd::sigmoid(0, 1, 1e-3)(0.2) == Approx(kd::linear(0, 1)(0.2)));
}

TEST_CASE("sigmoid needs a positive steepness") {
  CHECK_THROWS_AS(kd::sigmoid(0, 1, 0), kd::value_error);
  CHECK_THROWS_AS(kd::sigmoid(0, 1, -1), kd::value_error);
}
