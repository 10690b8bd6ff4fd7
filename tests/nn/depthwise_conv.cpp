// SPDX-License-Identifier: MIT
#include <kd/nn/depthwise_conv.hpp>

#include <kd/nn/conv.hpp>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"
#include "support/differences.hpp"

using kd::nn::conv;
using kd::nn::depthwise_conv;

namespace {

// With one channel per group conv's weights are (channel, row, column).
template <class Depthwise, class Grouped>
void equals_groups(kd::nn::shape input) {
  layer_check::bench<Depthwise> b(Depthwise::plan(input), 2);
  layer_check::bench<Grouped> grouped(Grouped::plan(input), 2);
  REQUIRE(b.plan.output == grouped.plan.output);
  REQUIRE(b.parameters.size() == grouped.parameters.size());
  grouped.parameters = b.parameters;  // the biases
  const std::int64_t channels = input.channels, places = b.plan.weights / channels;
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t place = 0; place < places; ++place)
      grouped.parameters[layer_check::count(c * places + place)] =
          b.parameters[layer_check::count(place * channels + c)];
  b.kernels.forward(b.plan, b.work());
  grouped.kernels.forward(grouped.plan, grouped.work());
  kd::test::largest worst;
  for (std::size_t i = 0; i < b.output.size(); ++i) worst(b.output[i] - grouped.output[i]);
  CHECK(worst.value() < 1e-14);
}

}  // namespace

TEST_CASE("depthwise_conv: equals a convolution of one channel per group", "[nn]") {
  equals_groups<depthwise_conv<"d", 3>, conv<"c", 3, 3, 1, 1, 3>>({3, 5, 7});
  equals_groups<depthwise_conv<"d", 3, 2>, conv<"c", 19, 3, 2, 1, 19>>({19, 6, 11});
  equals_groups<depthwise_conv<"d", 5, 3, 4>, conv<"c", 2, 5, 3, 4, 2>>({2, 7, 8});
  equals_groups<depthwise_conv<"d", 2, 2, 1>, conv<"c", 9, 2, 2, 1, 9>>({9, 5, 6});
}

TEST_CASE("depthwise_conv: gradients equal central differences", "[nn]") {
  layer_check::gradients<depthwise_conv<"d", 3>>({3, 5, 7});
  layer_check::gradients<depthwise_conv<"d", 3, 2>>({19, 4, 7});
  layer_check::gradients<depthwise_conv<"d", 3, 1, 0>>({2, 5, 9});
  layer_check::gradients<depthwise_conv<"d", 5, 3, 4>>({2, 7, 8});
  layer_check::gradients<depthwise_conv<"d", 2, 2, 1>>({9, 5, 6});
}

TEST_CASE("depthwise_conv: one kernel and one bias per channel", "[nn]") {
  STATIC_REQUIRE(depthwise_conv<"d", 3, 2>::plan({16, 28, 28}).parameters() == 9 * 16 + 16);
  STATIC_REQUIRE(depthwise_conv<"d", 3, 2>::plan({16, 28, 28}).output == kd::nn::shape{16, 14, 14});
}
