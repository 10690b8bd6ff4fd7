// SPDX-License-Identifier: MIT
// Reverse KL divergence:  L = T^2 * 1/B sum_b sum_c p_s (log p_s - log p_t),   p = softmax(z / T)
// Gu et al. MiniLLM: Knowledge Distillation of Large Language Models. ICLR 2024.
// arXiv:2306.08543, section 2.1.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    temperature > 0 (1)
// differs    from the paper: exact over the classes of each row, where the paper samples from the
//            student; the factor T^2 keeps the size of gradients
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct reverse_kl_divergence_options {
  schedule temperature = 1;
};

namespace loss {

// Scalar >= 0. Zero iff both softmaxes are equal.
constexpr auto reverse_kl_divergence(Expression auto student, Expression auto teacher,
                                     reverse_kl_divergence_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto log_p_s = log_softmax<axes::classes>(student / temperature);  // (..., classes)
  const auto log_p_t = log_softmax<axes::classes>(teacher / temperature);  // (..., classes)
  const auto divergence = kl<axes::classes>(log_p_s, log_p_t);             // (...)
  return named<"reverse_kl_divergence">(temperature * temperature * mean_of_rows(divergence));
}
// Anything else is a mistake.
constexpr auto reverse_kl_divergence(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace loss
using loss::reverse_kl_divergence;
}  // namespace kd
