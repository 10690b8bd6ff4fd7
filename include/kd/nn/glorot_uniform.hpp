// SPDX-License-Identifier: MIT
// weight ~ U(-a, a),  a^2 = 6 / (fan_in + fan_out),  bias = 0
// Glorot, Bengio. Understanding the Difficulty of Training Deep Feedforward Neural Networks.
// AISTATS 2010, equation 16.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <kd/nn/initialise.hpp>
#include <kd/nn/random.hpp>

namespace kd::nn {

/// Fills the parameters of all layers; the same seed gives the same bits on every machine.
struct glorot_uniform_initialisation {
  template <class T>
  void operator()(std::span<const layer_plan> layers, std::uint64_t seed,
                  std::span<T> parameters) const {
    detail::initialise(
        layers, parameters, [seed](const layer_plan& p, std::size_t layer, std::uint64_t i) {
          return std::sqrt(6.0 / (p.fan_in + p.fan_out)) * (2 * random_uniform(seed, layer, i) - 1);
        });
  }
};
inline constexpr glorot_uniform_initialisation glorot_uniform{};

}  // namespace kd::nn
