// SPDX-License-Identifier: MIT
// KL divergence:  L = T^2 * 1/B sum_b sum_c p_t (log p_t - log p_s),   p = softmax(z / T)
// Hinton, Vinyals, Dean. Distilling the Knowledge in a Neural Network. 2015.
// arXiv:1503.02531, section 2.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    temperature > 0 (4)
// differs    from the paper: mean over the batch; the factor T^2 is part of the loss
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct kl_divergence_options {
  schedule temperature = 4;
};

namespace loss {

// Scalar >= 0. Zero iff both softmaxes are equal; unchanged when a constant is added to a row of
// logits.
constexpr auto kl_divergence(Expression auto student, Expression auto teacher,
                             kl_divergence_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto log_p_s = log_softmax<axes::classes>(student / temperature);  // (..., classes)
  const auto log_p_t = log_softmax<axes::classes>(teacher / temperature);  // (..., classes)
  const auto divergence = kl<axes::classes>(log_p_t, log_p_s);             // (...)
  return named<"kl_divergence">(temperature * temperature * mean_of_rows(divergence));
}
// Anything else is a mistake.
constexpr auto kl_divergence(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::kl_divergence;
}  // namespace kd
