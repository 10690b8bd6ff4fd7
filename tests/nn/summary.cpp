// SPDX-License-Identifier: MIT
#include <kd/nn/summary.hpp>

#include <kd/nn.hpp>

#include "support/catch.hpp"

namespace nn = kd::nn;

TEST_CASE("summary: a line for each layer, and totals", "[nn]") {
  using network = nn::network<nn::image<1, 8, 8>, nn::conv<"conv1", 4, 3>, nn::batch_norm, nn::relu,
                              nn::max_pool<2>, nn::residual<nn::depthwise_conv<"d", 3>, nn::gelu>,
                              nn::dropout<0.1>, nn::global_average_pool, nn::linear<"logits", 10>>;
  CHECK(nn::summary<network>() ==
        "layer   kind                 output     parameters  FLOPs\n"
        "input                        (1, 8, 8)\n"
        "conv1   conv                 (4, 8, 8)          40   4608\n"
        "layer1  batch_norm           (4, 8, 8)           8    512\n"
        "layer2  relu                 (4, 8, 8)           0    256\n"
        "layer3  max_pool             (4, 4, 4)           0    256\n"
        "d       depthwise_conv       (4, 4, 4)          40   1152\n"
        "layer5  gelu                 (4, 4, 4)           0     64\n"
        "layer6  sum                  (4, 4, 4)           0     64\n"
        "layer7  dropout              (4, 4, 4)           0      0\n"
        "layer8  global_average_pool  (4)                 0     64\n"
        "logits  linear               (10)               50     80\n"
        "total                                          138   7056\n");
  STATIC_REQUIRE(network::flops == 7056);
  CHECK(nn::summary(nn::any_model<>::of<network>(1)) == nn::summary<network>());
}
