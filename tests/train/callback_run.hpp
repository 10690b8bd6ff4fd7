// SPDX-License-Identifier: MIT
// A training of next to nothing, for what is told while it runs.
#pragma once
#include <vector>

#include <kd/nn.hpp>
#include <kd/train.hpp>

namespace kd_test {

using small_network = kd::nn::network<kd::nn::features<2>, kd::nn::linear<"logits", 2>>;

inline kd::io::labelled_images four_samples() {
  return {4, 1, 2, 1, {1, 0, 0, 1, 1, 0, 0, 1}, {0, 1, 0, 1}, 2};
}

/// Two batches per epoch, of 3 samples and 1; the loss of step n is n; rate 0.25.
template <class... Callbacks>
kd::train::fit_state run_callbacks(std::int64_t epochs, Callbacks&&... callbacks) {
  kd::nn::model<small_network> model(1);
  kd::nn::sgd<float> optimiser;
  const auto set = four_samples();
  int steps = 0;
  return kd::train::fit(
      model, optimiser, set, {.epochs = epochs, .batch = 3, .rate = 0.25}, {},
      [&](double, const kd::train::batch&) { return ++steps; }, callbacks...);
}

/// A callback that gives each epoch a validation loss.
struct told {
  kd::train::history& h;
  std::vector<double> losses;
  void after_epoch(const kd::train::fit_state& s) {
    h.validation_loss[static_cast<std::size_t>(s.epoch)] =
        losses[static_cast<std::size_t>(s.epoch)];
  }
};

}  // namespace kd_test
