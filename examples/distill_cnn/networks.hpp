// SPDX-License-Identifier: MIT
// The teacher and the student. Layer names are what objectives call them:
// student<"logits", batch, classes>.
#pragma once
#include <kd/nn.hpp>

namespace example {

namespace nn = kd::nn;

using teacher_network =
    nn::network<nn::image<1, 28, 28>,                                 //
                nn::conv<"conv1", 32, 3>, nn::relu, nn::max_pool<2>,  // (32, 14, 14)
                nn::conv<"conv2", 64, 3>, nn::relu, nn::max_pool<2>,  // (64, 7, 7)
                nn::flatten, nn::linear<"hidden", 128>, nn::relu,     // (128)
                nn::linear<"logits", 10>>;                            // (10)

using student_network =
    nn::network<nn::image<1, 28, 28>,                                 //
                nn::conv<"conv1", 8, 3>, nn::relu, nn::max_pool<2>,   // (8, 14, 14)
                nn::conv<"conv2", 16, 3>, nn::relu, nn::max_pool<2>,  // (16, 7, 7)
                nn::flatten, nn::linear<"hidden", 32>, nn::relu,      // (32)
                nn::linear<"logits", 10>>;                            // (10)

}  // namespace example
