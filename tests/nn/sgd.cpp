// SPDX-License-Identifier: MIT
#include <kd/nn/sgd.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <kd/error.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

double after_two_steps(nn::sgd_options options) {
  nn::sgd<double> optimiser(options);
  std::vector<double> w{1.0};
  for (double gradient : {0.5, 0.25}) {
    const std::vector<double> g{gradient};
    optimiser.step(0.1, w, g);
  }
  return w[0];
}

}  // namespace

TEST_CASE("sgd: numbers worked out by hand", "[nn]") {
  // w: 1 - 0.1 * 0.5, then - 0.1 * 0.25
  CHECK(numbers::near(after_two_steps({}), 0.925, 1e-14));
  // v: 0.5, then 0.9 * 0.5 + 0.25 = 0.7
  CHECK(numbers::near(after_two_steps({.momentum = 0.9}), 0.88, 1e-14));
  // steps: 0.5 + 0.9 * 0.5 = 0.95, then 0.25 + 0.9 * 0.7 = 0.88
  CHECK(numbers::near(after_two_steps({.momentum = 0.9, .nesterov = true}), 0.817, 1e-14));
  // decay is part of the gradient, so of v: 0.5 + 0.1 * 1 = 0.6, w = 0.94;
  // then 0.9 * 0.6 + 0.25 + 0.1 * 0.94 = 0.884
  CHECK(numbers::near(after_two_steps({.momentum = 0.9, .weight_decay = 0.1}), 0.8516, 1e-14));
}

TEST_CASE("sgd: refuses counts that do not fit", "[nn]") {
  nn::sgd<float> optimiser;
  std::vector<float> three(3), four(4);
  CHECK_THROWS_AS(optimiser.step(0.1, three, four), kd::shape_error);
  optimiser.step(0.1, three, three);
  CHECK_THROWS_AS(optimiser.step(0.1, four, four), kd::shape_error);
}

TEST_CASE("sgd: reaches every parameter", "[nn]") {
  std::vector<float> w(40000, 1.0f);
  const std::vector<float> g(w.size(), 1.0f);
  nn::sgd<float> optimiser;
  optimiser.step(1.0, w, g);
  CHECK(w == std::vector<float>(w.size(), 0.0f));
}

TEST_CASE("sgd: refuses settings outside their range, by name and value", "[nn]") {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  for (double momentum : {2.0, 1.0, -0.1, nan})
    CHECK_THROWS_AS(nn::sgd<float>({.momentum = momentum}), kd::value_error);
  CHECK_THROWS_WITH(nn::sgd<float>({.momentum = 2}),
                    "kd: sgd's momentum is 2; it must be at least 0 and below 1");
  for (double decay : {-0.5, infinity, nan})
    CHECK_THROWS_AS(nn::sgd<float>({.weight_decay = decay}), kd::value_error);
  CHECK_THROWS_WITH(nn::sgd<float>({.weight_decay = -0.5}),
                    "kd: sgd's weight_decay is -0.5; it must be at least 0 and finite");

  nn::sgd<float> optimiser;
  std::vector<float> w{1, 2};
  const std::vector<float> g{1, 1};
  for (double rate : {-1.0, infinity, nan})
    CHECK_THROWS_AS(optimiser.step(rate, w, g), kd::value_error);
  CHECK_THROWS_WITH(optimiser.step(nan, w, g),
                    "kd: sgd's rate is nan; it must be at least 0 and finite");
  CHECK(w == std::vector<float>{1, 2});
  optimiser.step(0, w, g);  // where many schedules end
  CHECK(w == std::vector<float>{1, 2});
}

TEST_CASE("sgd: its state can be read and written, before the first step too", "[nn]") {
  nn::sgd<double> one({.momentum = 0.9}), other({.momentum = 0.9});
  std::vector<double> w{1, 2}, v{1, 2};
  const std::vector<double> g{0.5, -0.25};
  one.step(0.1, w, g);
  v = w;
  other.start(2);
  std::vector<double> saved;
  one.visit_state([&](const char* name, std::span<double> part) {
    CHECK(std::string(name) == "velocity");
    saved.assign(part.begin(), part.end());
  });
  other.visit_state([&](const char*, std::span<double> part) {
    REQUIRE(part.size() == 2);
    std::copy(saved.begin(), saved.end(), part.begin());
  });
  one.step(0.1, w, g);
  other.step(0.1, v, g);
  CHECK(v == w);
  CHECK_THROWS_AS(other.start(3), kd::shape_error);
}
