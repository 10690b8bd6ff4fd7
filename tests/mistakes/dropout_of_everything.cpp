// SPDX-License-Identifier: MIT
// expect: kd: dropout's rate must be at least 0 and below 1
#include <kd/nn.hpp>
namespace nn = kd::nn;

#ifdef KD_MISTAKE
using network = nn::network<nn::features<4>, nn::dropout<1>>;
#else
using network = nn::network<nn::features<4>, nn::dropout<0.1>>;
#endif
static_assert(network::layer_count == 1);
