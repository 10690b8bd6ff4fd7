// SPDX-License-Identifier: MIT
#include <kd/nn/flatten.hpp>

#include "support/catch.hpp"

TEST_CASE("flatten: a view with as many features as the image has elements", "[nn]") {
  constexpr kd::nn::layer_plan plan = kd::nn::flatten::plan({3, 4, 5});
  STATIC_REQUIRE(plan.output == kd::nn::shape{60, 1, 1, true});
  STATIC_REQUIRE(plan.view);
  STATIC_REQUIRE(plan.parameters() == 0);
}
