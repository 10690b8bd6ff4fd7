// SPDX-License-Identifier: MIT
// Teachers and students. Layer names are what objectives call them:
// student<"logits", batch, classes>. Blocks of one name have images of one size in both.
#pragma once
#include <string>

#include <kd/nn.hpp>

namespace example {

namespace nn = kd::nn;

using teacher_network =
    nn::network<nn::image<1, 28, 28>,                                 //
                nn::conv<"conv1", 32, 3>, nn::relu, nn::max_pool<2>,  // (32, 14, 14)
                nn::conv<"conv2", 64, 3>, nn::relu, nn::max_pool<2>,  // (64, 7, 7)
                nn::flatten, nn::linear<"hidden", 128>, nn::relu,     // (128)
                nn::classifier<"logits">>;                            // (10)

using student_network =
    nn::network<nn::image<1, 28, 28>,                                 //
                nn::conv<"conv1", 8, 3>, nn::relu, nn::max_pool<2>,   // (8, 14, 14)
                nn::conv<"conv2", 16, 3>, nn::relu, nn::max_pool<2>,  // (16, 7, 7)
                nn::flatten, nn::linear<"hidden", 32>, nn::relu,      // (32)
                nn::classifier<"logits">>;                            // (10)

// A residual network: batch normalisation behind each convolution, sums around two of them.
template <kd::fixed_string First, kd::fixed_string Second, int Channels>
using residual_block = nn::residual<nn::conv<First, Channels, 3>, nn::batch_norm, nn::relu,
                                    nn::conv<Second, Channels, 3>, nn::batch_norm>;
template <kd::fixed_string Side, kd::fixed_string First, kd::fixed_string Second, int Channels,
          int Stride>
using widening_block =
    nn::residual<nn::shortcut<nn::conv<Side, Channels, 1, Stride, 0>, nn::batch_norm>,
                 nn::conv<First, Channels, 3, Stride>, nn::batch_norm, nn::relu,
                 nn::conv<Second, Channels, 3>, nn::batch_norm>;

using resnet_teacher =
    nn::network<nn::image<1, 28, 28>,  //
                nn::conv<"conv1", 16, 3>, nn::batch_norm, nn::relu,
                nn::max_pool<2>,  // (16, 14, 14)
                nn::named<"block2", widening_block<"side2", "conv2a", "conv2", 32, 1>>,
                nn::relu,  // (32, 14, 14)
                nn::named<"block3", widening_block<"side3", "conv3a", "conv3", 64, 2>>,
                nn::relu,                                                              // (64, 7, 7)
                nn::named<"block4", residual_block<"conv4a", "conv4", 64>>, nn::relu,  // (64, 7, 7)
                nn::global_average_pool, nn::dropout<0.1>, nn::classifier<"logits">>;  // (10)

// A network of separable convolutions, each of a channel by itself and then of channels alone.
using mobile_student =
    nn::network<nn::image<1, 28, 28>,                                          //
                nn::conv<"conv1", 8, 3>, nn::batch_norm, nn::relu,             // (8, 28, 28)
                nn::depthwise_conv<"depth2", 3, 2>, nn::batch_norm, nn::relu,  // (8, 14, 14)
                nn::conv<"conv2", 24, 1, 1, 0>, nn::named<"block2", nn::batch_norm>,
                nn::relu,                                                      // (24, 14, 14)
                nn::depthwise_conv<"depth3", 3, 2>, nn::batch_norm, nn::relu,  // (24, 7, 7)
                nn::conv<"conv3", 48, 1, 1, 0>, nn::named<"block3", nn::batch_norm>,
                nn::relu,                                                   // (48, 7, 7)
                nn::depthwise_conv<"depth4", 3>, nn::batch_norm, nn::relu,  // (48, 7, 7)
                nn::conv<"conv4", 64, 1, 1, 0>, nn::named<"block4", nn::batch_norm>,
                nn::relu,                                            // (64, 7, 7)
                nn::global_average_pool, nn::classifier<"logits">>;  // (10)

/// A teacher, "cnn" or "resnet", for images of these extents and as many classes.
kd::nn::any_model<> make_teacher(const std::string& kind, std::uint64_t seed,
                                 const nn::data_extents& data);
/// A student, "cnn" or "mobile".
kd::nn::any_model<> make_student(const std::string& kind, std::uint64_t seed,
                                 const nn::data_extents& data);

/// The layers that an objective may name: "conv1, conv2, logits".
std::string names_of(const kd::nn::any_model<>& network);

}  // namespace example
