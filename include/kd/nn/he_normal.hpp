// SPDX-License-Identifier: MIT
// weight ~ N(0, 2 / fan_in),  bias = 0
// He, Zhang, Ren, Sun. Delving Deep into Rectifiers. ICCV 2015. arXiv:1502.01852, equation 10.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <kd/nn/initialise.hpp>
#include <kd/nn/random.hpp>

namespace kd::nn {

/// Fills the parameters of all layers; the same seed gives the same bits on every machine.
struct he_normal_initialisation {
  template <class T>
  void operator()(std::span<const layer_plan> layers, std::uint64_t seed,
                  std::span<T> parameters) const {
    detail::initialise(layers, parameters,
                       [seed](const layer_plan& p, std::size_t layer, std::uint64_t i) {
                         return std::sqrt(2.0 / p.fan_in) * random_normal(seed, layer, i);
                       });
  }
};
inline constexpr he_normal_initialisation he_normal{};

}  // namespace kd::nn
