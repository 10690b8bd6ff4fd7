// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>
#include <limits>

#include <kd/nn/clip_by_norm.hpp>
#include <kd/train/diverged.hpp>

namespace kd::train {

/// Something else that learns in the same step, as a projection of a hint does: it has parameters()
/// and gradients() as a model has, and the step leaves its gradients. A callback before those that
/// read it; learner and optimiser must live as long, and are states of their own.
template <class Learner, class Optimiser>
class also {
 public:
  /// Its gradient is clipped to its own norm; 0: not.
  also(Learner& learner, Optimiser& optimiser, double clip = 0)
      : learner_(learner), optimiser_(optimiser), clip_(clip) {
    nn::detail::check_setting("also's clip", clip, clip >= 0,
                              "0, for any gradient, or its largest norm");
  }

  /// Throws diverged if the gradient is not finite.
  void after_batch(const fit_state& state) {
    const double most = clip_ > 0 ? clip_ : std::numeric_limits<double>::infinity();
    if (!std::isfinite(nn::clip_by_norm(learner_.gradients(), most)))
      detail::fail_diverged(learner_, {}, state, "gradient of what also learns");
    optimiser_.step(state.rate, learner_.parameters(), learner_.gradients());
  }

 private:
  Learner& learner_;
  Optimiser& optimiser_;
  double clip_;
};

}  // namespace kd::train
