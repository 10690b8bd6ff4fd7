// SPDX-License-Identifier: MIT
// The classes other than the label's, for losses that treat them apart.
#pragma once
#include <kd/dsl.hpp>

namespace kd::loss {

/// The logits with the label's class excluded by -inf: a softmax gives it 0. (..., classes)
/// With a single class nothing would be left; then the logit is 0, whose softmax has no gradient.
constexpr auto without_label(Expression auto logits, Expression auto y) {
  const auto several = greater(extent<axes::classes>, constant_of<1>);
  const auto excluded = where(several, log(constant_of<0>), constant_of<0>);  // -inf
  return where(one_hot<axes::classes>(y), excluded, logits);
}

/// log(1 - p[y]) from logits and without_label of them, without cancellation. (...)
constexpr auto log_rest(Expression auto logits, Expression auto others) {
  const auto several = greater(extent<axes::classes>, constant_of<1>);
  return where(several, log_sum_exp<axes::classes>(others) - log_sum_exp<axes::classes>(logits),
               constant_of<0>);
}

}  // namespace kd::loss
