// SPDX-License-Identifier: MIT
// Stochastic gradient descent with momentum, as PyTorch's: v starts at 0, the rate is outside of v.
//   g = gradient + weight_decay * w;  v = momentum * v + g;  w = w - rate * v
// Nesterov:  w = w - rate * (g + momentum * v)
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kd/nn/elementwise.hpp>
#include <kd/nn/optimiser.hpp>

namespace kd::nn {

struct sgd_options {
  double momentum = 0;      // 0 or more, below 1
  double weight_decay = 0;  // 0 or more, added to the gradient
  bool nesterov = false;
};

/// SGD, for one model.
template <class T = float>
class sgd {
 public:
  /// Throws value_error for an option outside its range.
  explicit sgd(sgd_options options = {}) : options_(options) {
    detail::check_memory("sgd's momentum", options.momentum);
    detail::check_not_negative("sgd's weight_decay", options.weight_decay);
  }

  /// Fixes the number of parameters and makes the state, before the first step would: for
  /// visit_state. Throws shape_error if it is another than before.
  void start(std::size_t parameters) { detail::start_state(parameters, velocity_); }

  /// Calls visit(name, span or number&) for all that a resumed run needs.
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("velocity", std::span<T>(velocity_));
  }

  /// Moves the parameters against the gradients; the first call fixes their number.
  /// Throws shape_error if the number of either is another, value_error for a rate that is negative
  /// or not finite.
  void step(double rate, std::span<T> parameters, std::span<const T> gradients) {
    detail::check_not_negative("sgd's rate", rate);
    detail::check_step(parameters.size(), gradients.size(), velocity_);
    const T minus_rate = static_cast<T>(-rate), momentum = static_cast<T>(options_.momentum);
    const T decay = static_cast<T>(options_.weight_decay);
    const bool nesterov = options_.nesterov;
    T *w = parameters.data(), *v = velocity_.data();
    const T* g = gradients.data();
    detail::for_each_block(parameters.size(), [=](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        const T slope = g[i] + decay * w[i];
        v[i] = momentum * v[i] + slope;
        w[i] += minus_rate * (nesterov ? slope + momentum * v[i] : v[i]);
      }
    });
  }

 private:
  sgd_options options_;
  std::vector<T> velocity_;
};

}  // namespace kd::nn
