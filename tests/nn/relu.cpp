// SPDX-License-Identifier: MIT
#include <kd/nn/relu.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"

using kd::nn::relu;

TEST_CASE("relu: gradients equal central differences", "[nn]") {
  layer_check::gradients<relu>({3, 5, 4});
  layer_check::gradients<relu>({17, 1, 1, true});
}

TEST_CASE("relu: at zero the gradient is zero, and NaN stays", "[nn]") {
  layer_check::bench<relu> b(relu::plan({4, 1, 1, true}), 1);
  b.input = {0.0, -1.0, 2.0, std::numeric_limits<double>::quiet_NaN()};
  b.output_gradient = {5, 6, 7, 8};
  b.kernels.forward(b.plan, b.work());
  b.kernels.backward(b.plan, b.work());
  CHECK(std::vector<double>(b.output.begin(), b.output.begin() + 3) ==
        std::vector<double>{0, 0, 2});
  CHECK(std::isnan(b.output[3]));
  CHECK(b.input_gradient == std::vector<double>{0, 0, 7, 8});
}

TEST_CASE("relu: works in place", "[nn]") {
  layer_check::bench<relu> b(relu::plan({3, 1, 1, true}), 1);
  b.input = {-1, 1, 2};
  b.output_gradient = {5, 6, 7};
  auto work = b.work();
  work.input_gradient = work.output_gradient;
  b.kernels.backward(b.plan, work);
  CHECK(b.output_gradient == std::vector<double>{0, 6, 7});
}
