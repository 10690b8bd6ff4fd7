// SPDX-License-Identifier: MIT
#include <kd/nn/global_average_pool.hpp>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"

using kd::nn::global_average_pool;
using kd::nn::shape;

TEST_CASE("global_average_pool: gradients equal central differences", "[nn]") {
  layer_check::gradients<global_average_pool>({3, 4, 5});
  layer_check::gradients<global_average_pool>({17, 1, 2});
}

TEST_CASE("global_average_pool: the mean of each channel, flat", "[nn]") {
  layer_check::bench<global_average_pool> b(global_average_pool::plan({2, 2, 2}), 1);
  b.input = {1, 10, 2, 20, 3, 30, 6, 60};
  b.kernels.forward(b.plan, b.work());
  CHECK(b.output == std::vector<double>{3, 30});
  STATIC_REQUIRE(global_average_pool::plan({4, 7, 8}).output == shape{4, 1, 1, true});
}
