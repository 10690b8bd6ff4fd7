// SPDX-License-Identifier: MIT
#include <kd/nn/glorot_uniform.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <kd/nn.hpp>

#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using network = nn::network<nn::image<3, 6, 6>, nn::conv<"c", 40, 3>, nn::batch_norm, nn::flatten,
                            nn::linear<"l", 30>>;

}  // namespace

TEST_CASE("glorot_uniform: weights fill -a .. a evenly, the rest is as it starts", "[nn]") {
  const nn::model<network, double> model(3, nn::glorot_uniform);
  for (const nn::layer_plan& layer : network::layers) {
    const double* weight = model.parameters().data() + layer.parameter_offset;
    for (std::int64_t i = 0; i < layer.biases; ++i) CHECK(weight[layer.weights + i] == 0.0);
    if (layer.weights == 0) continue;
    if (layer.scales) {
      CHECK(std::all_of(weight, weight + layer.weights, [](double w) { return w == 1; }));
      continue;
    }
    double sum = 0, squares = 0, largest = 0;
    for (std::int64_t i = 0; i < layer.weights; ++i) {
      sum += weight[i];
      squares += weight[i] * weight[i];
      largest = std::max(largest, std::abs(weight[i]));
    }
    const double fans = layer.name == "c" ? 27 + 360 : 1440 + 30,
                 count = static_cast<double>(layer.weights);
    const double end = std::sqrt(6 / fans), variance = end * end / 3;
    CHECK(std::abs(sum / count) < 4 * std::sqrt(variance / count));
    CHECK(std::abs(squares / count / variance - 1) < 6 / std::sqrt(count));
    CHECK(largest < end);
    CHECK(largest > 0.99 * end);
  }
}

TEST_CASE("glorot_uniform: the bits depend on the seed alone", "[nn]") {
  const nn::model<network> a(7, nn::glorot_uniform), b(7, nn::glorot_uniform),
      c(8, nn::glorot_uniform), d(7, nn::he_normal);
  CHECK(std::equal(a.parameters().begin(), a.parameters().end(), b.parameters().begin()));
  CHECK(a.parameters()[0] != c.parameters()[0]);
  CHECK(a.parameters()[0] != d.parameters()[0]);
}
