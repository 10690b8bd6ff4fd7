// SPDX-License-Identifier: MIT
#include <kd/nn/conv.hpp>

#include <cmath>
#include <cstddef>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"
#include "support/differences.hpp"

using kd::nn::conv;
using kd::nn::shape;

namespace {

template <class Layer>
void equals_definition(shape input) {
  layer_check::bench<Layer> b(Layer::plan(input), 2);
  const auto& p = b.plan;
  b.kernels.forward(p, b.work());
  kd::test::largest worst;
  for (int sample = 0; sample < 2; ++sample)
    for (int h = 0; h < p.output.height; ++h)
      for (int w = 0; w < p.output.width; ++w)
        for (int o = 0; o < p.output.channels; ++o) {
          double sum = b.parameters[layer_check::count(p.weights + o)];
          const int in = p.input.channels / p.groups, out = p.output.channels / p.groups;
          const int group = o / out;
          for (int i = 0; i < p.kernel; ++i)
            for (int j = 0; j < p.kernel; ++j)
              for (int c = 0; c < in; ++c) {
                const int y = h * p.stride + i - p.padding, x = w * p.stride + j - p.padding;
                if (y < 0 || x < 0 || y >= p.input.height || x >= p.input.width) continue;
                const auto at =
                    ((sample * p.input.height + y) * p.input.width + x) * p.input.channels +
                    group * in + c;
                const auto weight =
                    (((group * p.kernel + i) * p.kernel + j) * in + c) * out + o % out;
                sum += b.input[layer_check::count(at)] * b.parameters[layer_check::count(weight)];
              }
          const auto at =
              ((sample * p.output.height + h) * p.output.width + w) * p.output.channels + o;
          worst(sum - b.output[layer_check::count(at)]);
        }
  CHECK(worst.value() < 1e-13);
}

}  // namespace

TEST_CASE("conv: equals its definition", "[nn]") {
  equals_definition<conv<"c", 3, 3>>({2, 5, 7});
  equals_definition<conv<"c", 19, 3>>({1, 4, 17});
  equals_definition<conv<"c", 4, 1>>({3, 4, 4});
  equals_definition<conv<"c", 4, 3, 1, 0>>({2, 5, 6});
  equals_definition<conv<"c", 2, 3, 2>>({2, 6, 7});
  equals_definition<conv<"c", 2, 5, 3, 4>>({2, 7, 8});
  equals_definition<conv<"c", 2, 2, 2, 1>>({1, 5, 6});
  equals_definition<conv<"c", 6, 3, 1, 1, 2>>({4, 5, 6});
  equals_definition<conv<"c", 20, 3, 2, 1, 5>>({5, 5, 6});
  equals_definition<conv<"c", 4, 1, 1, 0, 2>>({2, 3, 3});
}

TEST_CASE("conv: gradients equal central differences", "[nn]") {
  layer_check::gradients<conv<"c", 3, 3>>({2, 5, 7});
  layer_check::gradients<conv<"c", 17, 3>>({1, 3, 4});
  layer_check::gradients<conv<"c", 4, 1>>({3, 4, 4});
  layer_check::gradients<conv<"c", 3, 3, 1, 0>>({2, 5, 6});
  layer_check::gradients<conv<"c", 2, 3, 2>>({2, 6, 7});
  layer_check::gradients<conv<"c", 2, 5, 3, 4>>({2, 7, 8});
  layer_check::gradients<conv<"c", 2, 2, 2, 1>>({1, 5, 6});
  layer_check::gradients<conv<"c", 6, 3, 1, 1, 2>>({4, 5, 6});
  layer_check::gradients<conv<"c", 10, 3, 2, 1, 5>>({5, 5, 6});
  layer_check::gradients<conv<"c", 4, 1, 1, 0, 2>>({2, 3, 3});
}

TEST_CASE("conv: its gradient is added to what is there", "[nn]") {
  using layer = conv<"c", 2, 3>;
  layer_check::bench<layer> b(layer::plan({1, 4, 4}), 1);
  b.kernels.add_gradient(b.plan, b.work());
  const auto once = b.gradient;
  b.kernels.add_gradient(b.plan, b.work());
  for (std::size_t i = 0; i < once.size(); ++i) CHECK(b.gradient[i] == 2 * once[i]);
}

TEST_CASE("conv: the default padding keeps the image's extents", "[nn]") {
  STATIC_REQUIRE(conv<"c", 8, 3>::plan({1, 28, 28}).output == shape{8, 28, 28});
  STATIC_REQUIRE(conv<"c", 8, 5>::plan({1, 28, 28}).output == shape{8, 28, 28});
  STATIC_REQUIRE(conv<"c", 8, 3, 2>::plan({1, 28, 27}).output == shape{8, 14, 14});
  STATIC_REQUIRE(conv<"c", 8, 3, 1, 0>::plan({1, 28, 28}).output == shape{8, 26, 26});
  STATIC_REQUIRE(conv<"c", 8, 3>::plan({4, 28, 28}).parameters() == 4 * 9 * 8 + 8);
  STATIC_REQUIRE(conv<"c", 8, 3, 1, 1, 2>::plan({4, 28, 28}).parameters() == 2 * 9 * 8 + 8);
}
