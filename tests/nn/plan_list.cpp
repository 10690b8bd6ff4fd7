// SPDX-License-Identifier: MIT
#include <kd/nn/plan_list.hpp>

#include <kd/nn.hpp>

#include "support/catch.hpp"

namespace nn = kd::nn;

TEST_CASE("plan_list: blocks stand for their layers and a sum", "[nn]") {
  using inner = nn::residual<nn::relu>;
  using outer = nn::residual<nn::shortcut<nn::relu, nn::gelu>, inner, nn::gelu>;
  STATIC_REQUIRE(nn::detail::layers_in<nn::relu> == 1);
  STATIC_REQUIRE(nn::detail::layers_in<inner> == 2);
  STATIC_REQUIRE(nn::detail::layers_in<outer> == 6);
  constexpr auto list = [] {
    nn::detail::plan_list<6> plans{.at = {3, 1, 1, true}};
    nn::detail::append_plans<outer>(plans);
    return plans;
  }();
  STATIC_REQUIRE(list.count == 6);
  STATIC_REQUIRE(list.plans[2].source == -1);  // beside the shortcut
  STATIC_REQUIRE(list.plans[3].source == 2);
  STATIC_REQUIRE(list.plans[3].other == -1);
  STATIC_REQUIRE(list.plans[5].source == 4);
  STATIC_REQUIRE(list.plans[5].other == 1);
  STATIC_REQUIRE(list.plans[4].other == nn::no_layer);
}
