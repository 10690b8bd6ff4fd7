// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include <kd/train/clip.hpp>
#include <kd/train/diverged.hpp>

namespace kd::train {

/// Something else that learns in the same step, as a projection of a hint does: it has parameters()
/// and gradients() as a model has, and the step leaves its gradients; its first_not_finite(), if it
/// has one, says what is not finite in it, as "the term 'hint'". A callback before those that read
/// it; learner and optimiser must live as long, and are states of their own.
template <class Learner, class Optimiser>
class also {
 public:
  /// Its gradient is clipped to its own norm; 0: not.
  also(Learner& learner, Optimiser& optimiser, double clip = 0)
      : learner_(learner), optimiser_(optimiser), clip_(clip) {
    detail::check_clip("also's clip", clip);
  }

  /// Throws diverged if the gradient is not finite: neither the model nor this has made the step.
  void before_step(const fit_state& state) {
    if (!detail::clip_gradients(learner_, clip_))
      detail::fail_diverged(state, "gradient of what also learns", {first_not_finite()});
  }
  void after_batch(const fit_state& state) {
    optimiser_.step(state.rate, learner_.parameters(), learner_.gradients());
  }

  /// What is not finite in the learner, for the sentence of a training that diverged.
  std::string first_not_finite() {
    const std::string known = train::first_not_finite(learner_);
    if (!known.empty() || detail::all_finite(learner_.parameters())) return known;
    return "the parameters of what also learns";
  }

 private:
  Learner& learner_;
  Optimiser& optimiser_;
  double clip_;
};

}  // namespace kd::train
