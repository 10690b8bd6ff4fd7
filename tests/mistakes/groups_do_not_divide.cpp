// SPDX-License-Identifier: MIT
// expect: kd: a conv's groups must divide the channels that it reads and those that it makes
#include <kd/nn.hpp>
namespace nn = kd::nn;

#ifdef KD_MISTAKE
using network = nn::network<nn::image<4, 8, 8>, nn::conv<"mix", 6, 3, 1, 1, 4>>;
#else
using network = nn::network<nn::image<4, 8, 8>, nn::conv<"mix", 8, 3, 1, 1, 4>>;
#endif
static_assert(network::layer_count == 1);
