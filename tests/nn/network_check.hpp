// SPDX-License-Identifier: MIT
// A whole network: its parameters' gradients against central differences, in double.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <kd/nn.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace network_check {

enum class mode { training, evaluation };

/// A model with parameters and running statistics of no special values, and a batch.
template <class Network>
struct bench {
  kd::nn::model<Network, double> model{11};
  std::int64_t batch;
  std::vector<double> images;
  std::vector<std::int64_t> samples;
  mode how;

  bench(std::int64_t count, mode forward_mode) : batch(count), how(forward_mode) {
    images = numbers::distinct(static_cast<std::size_t>(batch * Network::input.size()), 5);
    samples.resize(static_cast<std::size_t>(batch));
    std::iota(samples.begin(), samples.end(), std::int64_t{100});
    const auto bumps = numbers::distinct(model.parameters().size(), 6);
    for (std::size_t i = 0; i < bumps.size(); ++i) model.parameters()[i] += 0.3 * bumps[i];
    const auto running = numbers::distinct(model.running_statistics().size(), 7);
    for (std::size_t i = 0; i < running.size(); ++i)
      model.running_statistics()[i] += 0.5 * running[i];
  }

  void forward() {
    if (how == mode::evaluation) model.forward(images.data(), batch);
    else model.forward(images.data(), batch, {.seed = 3, .epoch = 2, .samples = samples});
  }
};

/// Half the squares of the named layers' outputs; its gradient is the outputs themselves.
template <kd::fixed_string... Names, class Network>
double objective(bench<Network>& b) {
  b.forward();
  double sum = 0;
  const auto add = [&](const kd::tensor_view<const double>& x) {
    const std::int64_t count = x.extents[0] * x.strides[0];
    for (std::int64_t i = 0; i < count; ++i) sum += x.data[i] * x.data[i] / 2;
  };
  (add(b.model.template output<Names>()), ...);
  return sum;
}

template <class Network, kd::fixed_string... Names>
void gradients(std::int64_t batch, mode how, double tolerance = 2e-6) {
  bench<Network> b(batch, how);
  b.forward();
  const auto copy = [](const auto& from, const auto& to) {
    const std::int64_t count = from.extents[0] * from.strides[0];
    for (std::int64_t i = 0; i < count; ++i) to.data[i] = from.data[i];
  };
  (copy(b.model.template output<Names>(), b.model.template output_gradient<Names>()), ...);
  for (double& g : b.model.gradients()) g = 1e30;  // must be overwritten
  b.model.template backward<Names...>();
  const std::vector<double> analytic(b.model.gradients().begin(), b.model.gradients().end());
  const double step = 1e-6;
  for (std::size_t i = 0; i < analytic.size(); ++i) {
    double& parameter = b.model.parameters()[i];
    const double value = parameter;
    parameter = value + step;
    const double above = objective<Names...>(b);
    parameter = value - step;
    const double below = objective<Names...>(b);
    parameter = value;
    const double numeric = (above - below) / (2 * step);
    if (!(std::abs(numeric - analytic[i]) <= tolerance * (1 + std::abs(numeric)))) {
      CAPTURE(i, numeric, analytic[i]);
      FAIL("a parameter's gradient differs from central differences");
    }
  }
  SUCCEED();
}

}  // namespace network_check
