// SPDX-License-Identifier: MIT
// expect: kd: a residual block adds two things of different shape
#include <kd/nn.hpp>
namespace nn = kd::nn;

#ifdef KD_MISTAKE
using block = nn::residual<nn::shortcut<nn::conv<"p", 8, 1, 1, 0>>, nn::conv<"c", 8, 3, 2>>;
#else
using block = nn::residual<nn::shortcut<nn::conv<"p", 8, 1, 2, 0>>, nn::conv<"c", 8, 3, 2>>;
#endif
using network = nn::network<nn::image<4, 8, 8>, block>;
static_assert(network::layer_count == 3);
