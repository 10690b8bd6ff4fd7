// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cmath>

#include <kd/train/diverged.hpp>
#include <kd/train/history.hpp>
#include <kd/train/logits_of.hpp>
#include <kd/train/scores.hpp>

namespace kd::train {

/// Tests a model behind every epoch: negative log-likelihood and accuracy go into a history. Model,
/// set and history must live as long.
template <class Model>
class validation {
 public:
  /// Throws shape_error if the network cannot read the set, value_error for an empty set or a label
  /// without a logit.
  validation(Model& model, const io::labelled_images& set, history& found)
      : model_(model), set_(set), found_(found) {
    check_images(set, model.input());
    check_labels(set, model.output_shape("logits").channels);
  }

  /// Throws diverged if the model says NaN or +inf.
  void after_epoch(const fit_state& state) {
    const auto logits = logits_of(model_, set_);
    if (!std::ranges::all_of(logits.values, [](float x) { return x < INFINITY; }))  // nor NaN
      detail::fail_diverged(state, "output on the validation set", {first_not_finite(model_)});
    const scores now = scores_of(logits.view(), set_.labels);
    found_.validation_loss.at(static_cast<std::size_t>(state.epoch)) = now.negative_log_likelihood;
    found_.validation_accuracy.at(static_cast<std::size_t>(state.epoch)) = now.accuracy;
  }

 private:
  Model& model_;
  const io::labelled_images& set_;
  history& found_;
};

}  // namespace kd::train
