// SPDX-License-Identifier: MIT
#include <kd/nn/clip_by_norm.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

using kd::nn::clip_by_norm;

TEST_CASE("clip_by_norm: shortens what is too long", "[nn]") {
  std::vector<double> g{3, 4};
  CHECK(numbers::near(clip_by_norm(std::span(g), 1.0), 5, 1e-6));
  CHECK(numbers::near(g[0], 0.6, 1e-6));
  CHECK(numbers::near(g[1], 0.8, 1e-6));
}

TEST_CASE("clip_by_norm: leaves what is short enough", "[nn]") {
  std::vector<float> g{3, 4};
  CHECK(numbers::near(clip_by_norm(std::span(g), 5.0), 5, 1e-6));
  CHECK(numbers::near(clip_by_norm(std::span(g), 10.0), 5, 1e-6));
  CHECK(g == std::vector<float>{3, 4});
  std::vector<float> nothing;
  CHECK(clip_by_norm(std::span(nothing), 5.0) == 0.0);
}

TEST_CASE("clip_by_norm: counts every element", "[nn]") {
  std::vector<float> g(40003, 1.0f);
  CHECK(numbers::near(clip_by_norm(std::span(g), 1.0), std::sqrt(40003.0), 1e-6));
  for (float x : g) REQUIRE(numbers::near(x, 1 / std::sqrt(40003.0), 1e-6));
}

TEST_CASE("clip_by_norm: a norm that is not finite leaves the gradients", "[nn]") {
  std::vector<float> g{1, std::numeric_limits<float>::infinity()};
  CHECK(std::isinf(clip_by_norm(std::span(g), 1.0)));
  CHECK(g[0] == 1.0f);
  g[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(clip_by_norm(std::span(g), 1.0)));
  CHECK(g[0] == 1.0f);
}

TEST_CASE("clip_by_norm: refuses a norm that is negative, which would turn the gradient, or NaN",
          "[nn]") {
  std::vector<float> g{3, 4};
  CHECK_THROWS_AS(clip_by_norm<float>(g, -1), kd::value_error);
  CHECK_THROWS_AS(clip_by_norm<float>(g, std::nan("")), kd::value_error);
  CHECK(g == std::vector<float>{3, 4});
  CHECK(clip_by_norm<float>(g, std::numeric_limits<double>::infinity()) == 5);
  CHECK(g == std::vector<float>{3, 4});
}
