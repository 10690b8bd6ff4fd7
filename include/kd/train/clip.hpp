// SPDX-License-Identifier: MIT
// The option `clip` of fit and also: the largest norm that a gradient may have; 0: any.
#pragma once
#include <cmath>
#include <limits>

#include <kd/nn/clip_by_norm.hpp>
#include <kd/nn/optimiser.hpp>

namespace kd::train::detail {

/// Throws value_error for a negative number, which `name` says.
inline void check_clip(const char* name, double clip) {
  nn::detail::check_setting(name, clip, clip >= 0, "0, for any gradient, or its largest norm");
}

/// Clips a learner's gradient; false if it is not finite.
template <class Learner>
bool clip_gradients(Learner& learner, double clip) {
  const double most = clip > 0 ? clip : std::numeric_limits<double>::infinity();
  return std::isfinite(nn::clip_by_norm(learner.gradients(), most));
}

}  // namespace kd::train::detail
