// SPDX-License-Identifier: MIT
// An optimiser that the command line chose.
#pragma once
#include <string>
#include <variant>

#include <kd/nn.hpp>

namespace example {

class optimiser {
 public:
  /// sgd (momentum 0.9), nesterov, adam or adamw, for so many parameters.
  optimiser(const std::string& kind, double weight_decay, std::size_t parameters)
      : chosen_(choose(kind, weight_decay)) {
    std::visit([&](auto& o) { o.start(parameters); }, chosen_);
  }

  void step(double rate, std::span<float> parameters, std::span<const float> gradients) {
    std::visit([&](auto& o) { o.step(rate, parameters, gradients); }, chosen_);
  }
  template <class Visit>
  void visit_state(Visit&& visit) {
    std::visit([&](auto& o) { o.visit_state(visit); }, chosen_);
  }

 private:
  using any = std::variant<kd::nn::sgd<float>, kd::nn::adam<float>>;
  static any choose(const std::string& kind, double decay) {
    if (kind == "adam" || kind == "adamw")
      return kd::nn::adam<float>({.weight_decay = decay, .decoupled = kind == "adamw"});
    return kd::nn::sgd<float>(
        {.momentum = 0.9, .weight_decay = decay, .nesterov = kind == "nesterov"});
  }
  any chosen_;
};

}  // namespace example
