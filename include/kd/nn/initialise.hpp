// SPDX-License-Identifier: MIT
// What all initialisations share: only weights are random, in a stream of their layer's own.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <kd/nn/layer.hpp>

namespace kd::nn::detail {

/// weight i of a layer = draw(plan, layer, i); biases and shifts are 0, a batch_norm's scales 1.
template <class T, class Draw>
void initialise(std::span<const layer_plan> layers, std::span<T> parameters, const Draw& draw) {
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const layer_plan& p = layers[layer];
    T* weights = parameters.data() + p.parameter_offset;
    for (std::int64_t i = 0; i < p.weights; ++i)
      weights[i] = p.scales ? T(1) : static_cast<T>(draw(p, layer, static_cast<std::uint64_t>(i)));
    std::fill_n(weights + p.weights, p.biases, T(0));
  }
}

}  // namespace kd::nn::detail
