// SPDX-License-Identifier: MIT
#include <kd/nn/gelu.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"

using kd::nn::gelu;

namespace {

double exact(double x) { return x * std::erfc(-x / std::sqrt(2.0)) / 2; }
double slope(double x) {
  return std::erfc(-x / std::sqrt(2.0)) / 2 +
         x * std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0));
}

}  // namespace

TEST_CASE("gelu: gradients equal central differences", "[nn]") {
  layer_check::gradients<gelu>({3, 5, 4});
  layer_check::gradients<gelu>({17, 1, 1, true});
}

TEST_CASE("gelu: float has float's precision", "[nn]") {
  const auto plan = gelu::plan({2001, 1, 1, true});
  const auto kernels = gelu::operations<float>();
  std::vector<float> x(2001), y(2001), gradient(2001, 1.0f);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) * 0.01f - 10;
  kernels.forward(plan, {.samples = 1, .input = x.data(), .output = y.data()});
  kernels.backward(plan, {.samples = 1,
                          .input = x.data(),
                          .output_gradient = gradient.data(),
                          .input_gradient = gradient.data()});
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = static_cast<double>(x[i]), room = 2e-7 * (1 + std::abs(at));
    CAPTURE(at, y[i], gradient[i]);
    REQUIRE(std::abs(static_cast<double>(y[i]) - exact(at)) < room);
    REQUIRE(std::abs(static_cast<double>(gradient[i]) - slope(at)) < 3e-7);
  }
}

TEST_CASE("gelu: zero, large numbers, and NaN", "[nn]") {
  layer_check::bench<gelu> b(gelu::plan({4, 1, 1, true}), 1);
  b.input = {0.0, 50.0, -50.0, std::numeric_limits<double>::quiet_NaN()};
  b.kernels.forward(b.plan, b.work());
  CHECK(b.output[0] == 0);
  CHECK(b.output[1] == 50);
  CHECK(b.output[2] == 0);
  CHECK(std::isnan(b.output[3]));
}
