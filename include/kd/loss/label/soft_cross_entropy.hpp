// SPDX-License-Identifier: MIT
// Soft cross-entropy:  L = -T^2 * 1/B sum_b sum_c p_t log p_s,   p = softmax(z / T)
//   computed as T^2 (KL(p_t || p_s) + H(p_t)), whose gradient keeps its digits near p_s = p_t
// Hinton, Vinyals, Dean. Distilling the Knowledge in a Neural Network. 2015.
// arXiv:1503.02531, section 2.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    temperature > 0 (4)
// differs    from the paper: mean over the batch; the factor T^2 is part of the loss
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct soft_cross_entropy_options {
  schedule temperature = 4;
};

namespace loss {

// Scalar >= 0. Has the gradient of kl_divergence; its least value is the teacher's entropy.
constexpr auto soft_cross_entropy(Expression auto student, Expression auto teacher,
                                  soft_cross_entropy_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto log_p_s = log_softmax<axes::classes>(z_s / temperature);            // (..., classes)
    const auto log_p_t = log_softmax<axes::classes>(z_t / temperature);            // (..., classes)
    return kl<axes::classes>(log_p_t, log_p_s) + entropy<axes::classes>(log_p_t);  // (...)
  };
  return named<"soft_cross_entropy">(temperature * temperature *
                                     mean_of_rows(once(formula, student, teacher)));
}
// Anything else is a mistake.
constexpr auto soft_cross_entropy(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::soft_cross_entropy;
}  // namespace kd
