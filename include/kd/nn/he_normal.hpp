// SPDX-License-Identifier: MIT
// weight ~ N(0, 2 / fan_in),  bias = 0
// He, Zhang, Ren, Sun. Delving Deep into Rectifiers. ICCV 2015. arXiv:1502.01852, equation 10.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <kd/nn/layer.hpp>
#include <kd/nn/random.hpp>

namespace kd::nn {

/// Fills the parameters of all layers; the same seed gives the same bits on every machine.
template <class T>
void he_normal(std::span<const layer_plan> layers, std::uint64_t seed, std::span<T> parameters) {
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const layer_plan& p = layers[layer];
    T* weights = parameters.data() + p.parameter_offset;
    if (p.scales) {
      std::fill_n(weights, p.weights, T(1));
      std::fill_n(weights + p.weights, p.biases, T(0));
      continue;
    }
    const double deviation = std::sqrt(2.0 / p.fan_in);
    for (std::int64_t i = 0; i < p.weights; ++i)
      weights[i] =
          static_cast<T>(deviation * random_normal(seed, layer, static_cast<std::uint64_t>(i)));
    for (std::int64_t i = 0; i < p.biases; ++i) weights[p.weights + i] = T(0);
  }
}

}  // namespace kd::nn
