// SPDX-License-Identifier: MIT
#include <kd/nn/max_pool.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"

using kd::nn::max_pool;
using kd::nn::shape;

namespace {

// One channel, 2 x 2: the input's gradient when the output's is 1.
std::vector<double> gradient_of(const std::vector<double>& window, bool rectified = false) {
  layer_check::bench<max_pool<2>> b(max_pool<2>::plan({1, 2, 2}), 1);
  b.plan.rectified = rectified;
  b.input = window;
  b.output_gradient = {1};
  b.kernels.forward(b.plan, b.work());
  b.kernels.backward(b.plan, b.work());
  return b.input_gradient;
}

}  // namespace

TEST_CASE("max_pool: gradients equal central differences", "[nn]") {
  layer_check::gradients<max_pool<2>>({3, 4, 6});
  layer_check::gradients<max_pool<2>>({3, 5, 7});  // a row and a column are left over
  layer_check::gradients<max_pool<3>>({1, 8, 10});
  layer_check::gradients<max_pool<3, 2>>({2, 7, 9});  // windows overlap
  layer_check::gradients<max_pool<2, 3>>({2, 8, 9});  // windows with gaps
}

TEST_CASE("max_pool: what is left of an odd extent is not read", "[nn]") {
  STATIC_REQUIRE(max_pool<2>::plan({4, 5, 7}).output == shape{4, 2, 3});
  STATIC_REQUIRE(max_pool<3, 2>::plan({4, 7, 8}).output == shape{4, 3, 3});
}

TEST_CASE("max_pool: the first of equal elements gets the gradient", "[nn]") {
  CHECK(gradient_of({3, 3, 3, 3}) == std::vector<double>{1, 0, 0, 0});
  CHECK(gradient_of({1, 3, 3, 2}) == std::vector<double>{0, 1, 0, 0});
  CHECK(gradient_of({1, 2, 3, 3}) == std::vector<double>{0, 0, 1, 0});
  CHECK(gradient_of({-4, -3, -2, -1}) == std::vector<double>{0, 0, 0, 1});
}

TEST_CASE("max_pool: with the relu before it, only a positive maximum gets a gradient", "[nn]") {
  CHECK(gradient_of({1, 3, 3, 2}, true) == std::vector<double>{0, 1, 0, 0});
  CHECK(gradient_of({-4, -3, -2, -1}, true) == std::vector<double>{0, 0, 0, 0});
  CHECK(gradient_of({0, -3, 0, -1}, true) == std::vector<double>{0, 0, 0, 0});
}

TEST_CASE("max_pool: NaN wins wherever it stands", "[nn]") {
  for (std::size_t place = 0; place < 4; ++place)
    for (bool rectified : {false, true}) {
      layer_check::bench<max_pool<2>> b(max_pool<2>::plan({1, 2, 2}), 1);
      b.plan.rectified = rectified;
      b.input = {1, 2, 3, 4};
      b.input[place] = std::numeric_limits<double>::quiet_NaN();
      b.kernels.forward(b.plan, b.work());
      CHECK(std::isnan(b.output[0]));
    }
}
