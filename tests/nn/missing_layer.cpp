// SPDX-License-Identifier: MIT
#include <kd/nn/missing_layer.hpp>

#include <kd/nn.hpp>

#include "support/catch.hpp"

namespace nn = kd::nn;

TEST_CASE("missing_layer: the sentence lists the network's layers", "[nn]") {
  using network = nn::network<nn::image<1, 4, 4>, nn::conv<"conv1", 2, 3>, nn::relu, nn::flatten,
                              nn::linear<"logits", 3>>;
  CHECK(nn::missing_layer_sentence(network::layers, "conv9") ==
        "kd: the network has no layer 'conv9'; its layers are conv1, logits");
}
