// SPDX-License-Identifier: MIT
// Soft targets:  L = alpha * T^2 * KL(p_t || p_s) + (1 - alpha) * CE(z_s, y),   p = softmax(z / T)
// Hinton, Vinyals, Dean. Distilling the Knowledge in a Neural Network. 2015.
// arXiv:1503.02531, section 2.
// reads      student logits (..., classes), teacher logits (..., classes), labels (...)
// options    temperature > 0 (4), alpha in [0, 1] (0.9);   without labels: the KL alone
// differs    from the paper: the KL divergence instead of the cross-entropy to the teacher,
//            which is larger by a constant
#pragma once
#include <kd/loss/label/cross_entropy.hpp>
#include <kd/loss/label/kl_divergence.hpp>

namespace kd {

struct soft_targets_options {
  schedule temperature = 4;
  schedule alpha = 0.9;
};

namespace loss {

// Scalar >= 0.
constexpr auto soft_targets(Expression auto student, Expression auto teacher, Labels auto y,
                            soft_targets_options options = {}) {
  const auto alpha = fraction<"alpha">(options.alpha);
  const auto formula = [=](auto z_s, auto z_t) {
    return alpha * detail::where_labelled(kl_divergence(z_s, z_t, {options.temperature}), y) +
           (constant_of<1> - alpha) * cross_entropy(z_s, y);
  };
  return named<"soft_targets">(once(formula, student, teacher));
}

// Scalar >= 0: the soft part alone.
constexpr auto soft_targets(Expression auto student, Expression auto teacher,
                            kl_divergence_options options = {}) {
  return named<"soft_targets">(kl_divergence(student, teacher, options));
}
// Anything else is a mistake.
constexpr auto soft_targets(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::soft_targets;
}  // namespace kd
