// SPDX-License-Identifier: MIT
// expect: kd: a shortcut stands first in a residual block, and nowhere else
#include <kd/nn.hpp>
namespace nn = kd::nn;

#ifdef KD_MISTAKE
using block = nn::residual<nn::conv<"c", 4, 3>, nn::shortcut<nn::conv<"p", 4, 1, 1, 0>>>;
#else
using block = nn::residual<nn::shortcut<nn::conv<"p", 4, 1, 1, 0>>, nn::conv<"c", 4, 3>>;
#endif
using network = nn::network<nn::image<4, 8, 8>, block>;
static_assert(network::layer_count == 3);
