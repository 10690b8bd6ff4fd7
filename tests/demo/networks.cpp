// SPDX-License-Identifier: MIT
// The example's networks: a step of each, and what they cost.
#include "networks.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "support/catch.hpp"

namespace {

template <class Network>
void one_step() {
  constexpr std::int64_t batch = 10;
  kd::nn::model<Network> model(1);
  std::vector<float> images(batch * 28 * 28);
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(i % 251) / 251;
  std::vector<std::int64_t> samples(batch);
  std::iota(samples.begin(), samples.end(), 0);
  model.forward(images.data(), batch, {.seed = 1, .samples = samples});
  const auto logits = model.template output<"logits">();
  REQUIRE(logits.extents[1] == 10);
  const auto gradient = model.template output_gradient<"logits">();
  for (std::int64_t i = 0; i < batch * 10; ++i) gradient.data[i] = static_cast<float>(i % 7) - 3;
  model.template backward<"logits">();
  for (const kd::nn::layer_plan& layer : Network::layers) {
    double size = 0;
    for (std::int64_t i = 0; i < layer.weights; ++i)
      size += std::abs(static_cast<double>(
          model.gradients()[static_cast<std::size_t>(layer.parameter_offset + i)]));
    CAPTURE(layer.kind, layer.name, size);
    CHECK(std::isfinite(size));
    CHECK((size > 0) == (layer.weights > 0));  // the gradient reaches every layer
  }
}

}  // namespace

TEST_CASE("networks: a step reaches every layer") {
  one_step<example::teacher_network>();
  one_step<example::student_network>();
  one_step<example::resnet_teacher>();
  one_step<example::mobile_student>();
}

TEST_CASE("networks: students are smaller than teachers") {
  STATIC_REQUIRE(example::mobile_student::parameter_count * 10 <
                 example::resnet_teacher::parameter_count);
  STATIC_REQUIRE(example::mobile_student::flops * 10 < example::resnet_teacher::flops);
}
