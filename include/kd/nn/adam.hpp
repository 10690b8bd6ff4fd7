// SPDX-License-Identifier: MIT
// m = b1*m + (1-b1)*g;  v = b2*v + (1-b2)*g^2
// w = w - rate * (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + epsilon)
// Kingma, Ba. Adam: A Method for Stochastic Optimization. ICLR 2015. arXiv:1412.6980, algorithm 1.
// Decoupled: w shrinks by rate * weight_decay * w, outside of m and v.
// Loshchilov, Hutter. Decoupled Weight Decay Regularization. ICLR 2019. arXiv:1711.05101.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kd/nn/elementwise.hpp>
#include <kd/nn/optimiser.hpp>

namespace kd::nn {

struct adam_options {
  double beta1 = 0.9;       // 0 or more, below 1
  double beta2 = 0.999;     // the same
  double epsilon = 1e-8;    // above 0
  double weight_decay = 0;  // 0 or more
  bool decoupled = false;   // AdamW; else the decay is added to the gradient
};

/// Adam and AdamW, for one model.
template <class T = float>
class adam {
 public:
  /// Throws value_error for an option outside its range.
  explicit adam(adam_options options = {}) : options_(options) {
    detail::check_memory("adam's beta1", options.beta1);
    detail::check_memory("adam's beta2", options.beta2);
    detail::check_positive("adam's epsilon", options.epsilon);
    detail::check_not_negative("adam's weight_decay", options.weight_decay);
  }

  /// Fixes the number of parameters and makes the state, before the first step would: for
  /// visit_state. Throws shape_error if it is another than before.
  void start(std::size_t parameters) {
    detail::start_state(parameters, mean_);
    detail::start_state(parameters, square_);
  }

  /// Calls visit(name, span or number&) for all that a resumed run needs.
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("mean", std::span<T>(mean_));
    visit("square", std::span<T>(square_));
    visit("power1", power1_);
    visit("power2", power2_);
  }

  /// Moves the parameters against the gradients; the first call fixes their number.
  /// Throws shape_error if the number of either is another, value_error for a rate that is negative
  /// or not finite.
  void step(double rate, std::span<T> parameters, std::span<const T> gradients) {
    detail::check_not_negative("adam's rate", rate);
    detail::check_step(parameters.size(), gradients.size(), mean_);
    detail::check_step(parameters.size(), gradients.size(), square_);
    power1_ *= options_.beta1;
    power2_ *= options_.beta2;
    const T beta1 = static_cast<T>(options_.beta1), rest1 = static_cast<T>(1 - options_.beta1);
    const T beta2 = static_cast<T>(options_.beta2), rest2 = static_cast<T>(1 - options_.beta2);
    const T pull = static_cast<T>(options_.decoupled ? 0 : options_.weight_decay);
    const T keep = static_cast<T>(options_.decoupled ? 1 - rate * options_.weight_decay : 1);
    const T length = static_cast<T>(rate / (1 - power1_));
    const T scale = static_cast<T>(1 / std::sqrt(1 - power2_));
    const T epsilon = static_cast<T>(options_.epsilon);
    T *w = parameters.data(), *m = mean_.data(), *v = square_.data();
    const T* g = gradients.data();
    detail::for_each_block(parameters.size(), [=](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        const T slope = g[i] + pull * w[i];
        m[i] = beta1 * m[i] + rest1 * slope;
        v[i] = beta2 * v[i] + rest2 * slope * slope;
        w[i] = keep * w[i] - length * m[i] / (scale * std::sqrt(v[i]) + epsilon);
      }
    });
  }

 private:
  adam_options options_;
  double power1_ = 1, power2_ = 1;  // beta^t
  std::vector<T> mean_, square_;
};

}  // namespace kd::nn
