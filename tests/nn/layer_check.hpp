// SPDX-License-Identifier: MIT
// One layer alone: its gradients against central differences, in double.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <kd/nn/layer.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace layer_check {

using kd::nn::layer_plan;
using kd::nn::layer_work;

inline std::size_t count(std::int64_t n) { return static_cast<std::size_t>(n); }

/// A layer with its memory, for a number of samples.
template <class Layer>
struct bench {
  layer_plan plan;
  kd::nn::layer_operations<double> kernels = Layer::template operations<double>();
  std::int64_t samples;
  std::vector<double> input, parameters, output, output_gradient, input_gradient, gradient;
  std::vector<double> transposed, scratch;

  bench(const layer_plan& layer, std::int64_t sample_count) : plan(layer), samples(sample_count) {
    input = numbers::distinct(count(samples * plan.input.size()), 1);
    parameters = numbers::distinct(count(plan.parameters()), 2);
    output.assign(count(samples * plan.output.size()), 0.0);
    output_gradient = numbers::distinct(output.size(), 3);
    input_gradient.assign(input.size(), 1e30);  // must be overwritten
    gradient.assign(parameters.size(), 0.0);
    transposed.assign(parameters.size(), 0.0);
    scratch.assign(kernels.scratch ? count(kernels.scratch(plan)) : 0, 1e30);
  }

  layer_work<double> work() {
    return {.samples = samples,
            .parameters = parameters.data(),
            .transposed = transposed.data(),
            .input = input.data(),
            .output = output.data(),
            .output_gradient = output_gradient.data(),
            .input_gradient = input_gradient.data(),
            .parameter_gradient = gradient.data(),
            .scratch = scratch.data()};
  }
  /// The sum of outputs, each times its gradient.
  double objective(const std::vector<double>& weights) {
    kernels.forward(plan, work());
    return std::inner_product(output.begin(), output.end(), weights.begin(), 0.0);
  }
};

/// Compares `analytic` with central differences of the objective in `values`.
template <class Layer>
void compare(bench<Layer>& b, std::vector<double>& values, const std::vector<double>& analytic,
             const std::vector<double>& weights) {
  const double step = 1e-6;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    values[i] = value + step;
    const double above = b.objective(weights);
    values[i] = value - step;
    const double below = b.objective(weights);
    values[i] = value;
    const double numeric = (above - below) / (2 * step);
    if (!(std::abs(numeric - analytic[i]) <= 1e-7 * (1 + std::abs(numeric)))) {
      CAPTURE(i, numeric, analytic[i]);
      FAIL("a gradient differs from central differences");
    }
  }
}

template <class Layer>
void gradients(kd::nn::shape input, std::int64_t samples = 3) {
  bench<Layer> b(Layer::plan(input), samples);
  REQUIRE(b.plan.problem == kd::nn::misfit::none);
  const std::vector<double> weights = b.output_gradient;  // backward may overwrite its copy
  b.kernels.forward(b.plan, b.work());
  const std::int64_t blocks = b.kernels.blocks ? b.kernels.blocks(b.plan) : 0;
  if (b.kernels.transpose)
    for (std::int64_t block = 0; block < blocks; ++block)
      b.kernels.transpose(b.plan, b.work(), block);
  if (b.kernels.add_gradient) b.kernels.add_gradient(b.plan, b.work());
  if (b.kernels.whole_gradient)
    for (std::int64_t block = 0; block < blocks; ++block)
      b.kernels.whole_gradient(b.plan, b.work(), block);
  b.kernels.backward(b.plan, b.work());
  compare(b, b.input, b.input_gradient, weights);
  compare(b, b.parameters, b.gradient, weights);
  CHECK(b.input_gradient.size() == b.input.size());
}

}  // namespace layer_check
