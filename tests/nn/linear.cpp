// SPDX-License-Identifier: MIT
#include <kd/nn/linear.hpp>

#include <vector>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"

using kd::nn::linear;
using kd::nn::shape;

namespace {

constexpr shape row(int count) { return {count, 1, 1, true}; }

}  // namespace

TEST_CASE("linear: equals its definition", "[nn]") {
  layer_check::bench<linear<"l", 2>> b(linear<"l", 2>::plan(row(3)), 1);
  b.input = {1, 2, 3};
  b.parameters = {1, 10, 2, 20, 3, 30, 0.5, -0.5};  // (input feature, output feature), biases
  b.kernels.forward(b.plan, b.work());
  CHECK(b.output == std::vector<double>{14.5, 139.5});
}

TEST_CASE("linear: gradients equal central differences", "[nn]") {
  layer_check::gradients<linear<"l", 10>>(row(7));
  layer_check::gradients<linear<"l", 1>>(row(1));
  layer_check::gradients<linear<"l", 3>>(row(130));  // more than one block of input features
  layer_check::gradients<linear<"l", 33>>(row(5), 17);
}
