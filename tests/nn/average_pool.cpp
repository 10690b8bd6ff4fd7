// SPDX-License-Identifier: MIT
#include <kd/nn/average_pool.hpp>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"

using kd::nn::average_pool;
using kd::nn::shape;

TEST_CASE("average_pool: gradients equal central differences", "[nn]") {
  layer_check::gradients<average_pool<2>>({3, 4, 6});
  layer_check::gradients<average_pool<2>>({3, 5, 7});     // a row and a column are left over
  layer_check::gradients<average_pool<3, 2>>({2, 7, 9});  // windows overlap
  layer_check::gradients<average_pool<2, 3>>({2, 8, 9});  // windows with gaps
}

TEST_CASE("average_pool: the mean of each window and channel", "[nn]") {
  layer_check::bench<average_pool<2>> b(average_pool<2>::plan({2, 2, 5}), 1);
  b.input = {1, 10, 2, 20, 3, 30, 4, 40, 9, 9, 5, 50, 6, 60, 7, 70, 8, 80, 9, 9};
  b.kernels.forward(b.plan, b.work());
  CHECK(b.output == std::vector<double>{3.5, 35, 5.5, 55});
  STATIC_REQUIRE(average_pool<3, 2>::plan({4, 7, 8}).output == shape{4, 3, 3});
}
