// SPDX-License-Identifier: MIT
#include <kd/nn/he_normal.hpp>

#include <cmath>
#include <cstddef>

#include <kd/nn.hpp>

#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using network =
    nn::network<nn::image<3, 6, 6>, nn::conv<"c", 40, 3>, nn::flatten, nn::linear<"l", 30>>;

}  // namespace

TEST_CASE("he_normal: weights have variance 2 / fan_in, biases are 0", "[nn]") {
  const nn::model<network, double> model(3);
  for (const nn::layer_plan& layer : network::layers) {
    if (layer.weights == 0) continue;
    double sum = 0, squares = 0;
    const double* weight = model.parameters().data() + layer.parameter_offset;
    for (std::int64_t i = 0; i < layer.weights; ++i) {
      sum += weight[i];
      squares += weight[i] * weight[i];
    }
    const double count = static_cast<double>(layer.weights), variance = 2.0 / layer.fan_in;
    CHECK(std::abs(sum / count) < 4 * std::sqrt(variance / count));
    CHECK(std::abs(squares / count / variance - 1) < 6 / std::sqrt(count));
    for (std::int64_t i = 0; i < layer.biases; ++i) CHECK(weight[layer.weights + i] == 0.0);
  }
}

TEST_CASE("he_normal: the same seed gives the same parameters, another seed others", "[nn]") {
  const nn::model<network> a(7), b(7), c(8);
  std::size_t equal = 0;
  for (std::size_t i = 0; i < a.parameters().size(); ++i) {
    REQUIRE(a.parameters()[i] == b.parameters()[i]);
    if (a.parameters()[i] == c.parameters()[i]) ++equal;
  }
  CHECK(equal < 80);  // the 70 biases, and a coincidence or two
}

TEST_CASE("he_normal: the bits are the same on every machine", "[nn]") {
  const nn::model<network, double> model(7);  // the numbers are from a program in Python
  CHECK(model.parameters()[0] == 0x1.0a6e172154955p-1);
  CHECK(model.parameters()[1] == 0x1.3fc08238af2f0p-6);
  CHECK(model.parameters()[27 * 40 + 40] == 0x1.1259346de6b1bp-6);
}
