// SPDX-License-Identifier: MIT
#include <kd/nn.hpp>

#include <string_view>

#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using teacher = nn::network<nn::image<1, 28, 28>,                 // (1, 28, 28)
                            nn::conv<"conv1", 32, 3>, nn::relu,   // (32, 28, 28)
                            nn::max_pool<2>,                      // (32, 14, 14)
                            nn::conv<"conv2", 64, 3>, nn::relu,   // (64, 14, 14)
                            nn::max_pool<2>, nn::flatten,         // (3136)
                            nn::linear<"hidden", 128>, nn::relu,  // (128)
                            nn::linear<"logits", 10>>;
using rows = nn::network<nn::features<20>, nn::linear<"first", 8>, nn::relu, nn::linear<"last", 2>>;
using nameless = nn::network<nn::features<20>, nn::relu>;

}  // namespace

TEST_CASE("network: shapes follow from layer to layer", "[nn]") {
  STATIC_REQUIRE(teacher::input == nn::shape{1, 28, 28});
  STATIC_REQUIRE(teacher::output_shape<"conv1">() == nn::shape{32, 28, 28});
  STATIC_REQUIRE(teacher::output_shape<"conv2">() == nn::shape{64, 14, 14});
  STATIC_REQUIRE(teacher::output_shape<"hidden">() == nn::shape{128, 1, 1, true});
  STATIC_REQUIRE(teacher::output_shape<"logits">() == nn::shape{10, 1, 1, true});
  STATIC_REQUIRE(rows::output_shape<"last">() == nn::shape{2, 1, 1, true});
}

TEST_CASE("network: counts its parameters", "[nn]") {
  STATIC_REQUIRE(teacher::parameter_count ==
                 (9 * 32 + 32) + (9 * 32 * 64 + 64) + (3136 * 128 + 128) + (128 * 10 + 10));
  STATIC_REQUIRE(rows::parameter_count == 20 * 8 + 8 + 8 * 2 + 2);
  STATIC_REQUIRE(nameless::parameter_count == 0);
}

TEST_CASE("network: knows its layers by name", "[nn]") {
  STATIC_REQUIRE(teacher::layer_names() == "conv1, conv2, hidden, logits");
  STATIC_REQUIRE(rows::layer_names() == "first, last");
  STATIC_REQUIRE(nameless::layer_names() == "");
  STATIC_REQUIRE(teacher::has_layer<"conv2">);
  STATIC_REQUIRE(!teacher::has_layer<"conv">);
  STATIC_REQUIRE(!teacher::has_layer<"conv22">);
  STATIC_REQUIRE(!teacher::has_layer<"">);
  STATIC_REQUIRE(teacher::layer_index<"conv2">() == 3);
}

TEST_CASE("network: a relu before a max_pool becomes part of it, others do not", "[nn]") {
  STATIC_REQUIRE(teacher::layers[1].view);
  STATIC_REQUIRE(teacher::layers[2].rectified);
  STATIC_REQUIRE(!teacher::layers[8].view);
}

TEST_CASE("network: a relu behind a batch_norm or a residual works in place", "[nn]") {
  using before_pool = nn::network<nn::image<1, 4, 4>, nn::batch_norm, nn::relu, nn::max_pool<2>>;
  STATIC_REQUIRE(before_pool::layers[1].view);
  STATIC_REQUIRE(before_pool::layers[2].rectified);
  STATIC_REQUIRE(!before_pool::layers[0].rectified_output);
  using in_place = nn::network<nn::image<1, 4, 4>, nn::batch_norm, nn::relu,
                               nn::residual<nn::conv<"c", 1, 3>>, nn::relu>;
  STATIC_REQUIRE(in_place::layers[0].rectified_output);
  STATIC_REQUIRE(in_place::layers[1].view);
  STATIC_REQUIRE(in_place::layers[3].rectified_output);
  STATIC_REQUIRE(in_place::layers[4].view);
  using read_twice =
      nn::network<nn::image<1, 4, 4>, nn::batch_norm, nn::residual<nn::relu, nn::conv<"c", 1, 3>>>;
  STATIC_REQUIRE(!read_twice::layers[0].rectified_output);
  STATIC_REQUIRE(!read_twice::layers[1].view);
  using named = nn::network<nn::image<1, 4, 4>, nn::conv<"c", 1, 3>, nn::relu>;
  STATIC_REQUIRE(!named::layers[1].view);
}

TEST_CASE("network: counts its operations", "[nn]") {
  STATIC_REQUIRE(rows::flops == 2 * 20 * 8 + 8 + 2 * 8 * 2);
  STATIC_REQUIRE(rows::statistic_count == 0);
  STATIC_REQUIRE(!rows::is_random);
  STATIC_REQUIRE(nn::network<nn::features<4>, nn::dropout<0.5>>::is_random);
  STATIC_REQUIRE(nn::network<nn::features<4>, nn::batch_norm>::statistic_count == 8);
}
