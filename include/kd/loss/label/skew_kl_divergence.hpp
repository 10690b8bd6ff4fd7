// SPDX-License-Identifier: MIT
// Skew KL divergence:  L = T^2 * 1/B sum_b KL(p_t || lambda p_t + (1 - lambda) p_s)
//            reverse:  L = T^2 * 1/B sum_b KL(p_s || lambda p_s + (1 - lambda) p_t)
// Ko et al. DistiLLM: Towards Streamlined Distillation for Large Language Models. ICML 2024.
// arXiv:2402.03898, section 3.1.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    lambda in [0, 1] (0.1), the weight of the first distribution in the mixture: 0 is the
//            KL divergence, 1 is 0;   temperature > 0 (1)
// differs    from the paper: the factor T^2 keeps the size of gradients
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct skew_kl_divergence_options {
  schedule lambda = 0.1;
  schedule temperature = 1;
};

namespace loss {

// Scalar >= 0, at most -T^2 log(lambda). For lambda < 1 zero iff both softmaxes are equal.
constexpr auto skew_kl_divergence(Expression auto student, Expression auto teacher,
                                  skew_kl_divergence_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto lambda = fraction<"lambda">(options.lambda);
  const auto log_p_s = log_softmax<axes::classes>(student / temperature);          // (..., classes)
  const auto log_p_t = log_softmax<axes::classes>(teacher / temperature);          // (..., classes)
  const auto divergence = kl_to_mixture<axes::classes>(lambda, log_p_t, log_p_s);  // (...)
  return named<"skew_kl_divergence">(temperature * temperature * mean_of_rows(divergence));
}

// The same with student and teacher exchanged.
constexpr auto reverse_skew_kl_divergence(Expression auto student, Expression auto teacher,
                                          skew_kl_divergence_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto lambda = fraction<"lambda">(options.lambda);
  const auto log_p_s = log_softmax<axes::classes>(student / temperature);          // (..., classes)
  const auto log_p_t = log_softmax<axes::classes>(teacher / temperature);          // (..., classes)
  const auto divergence = kl_to_mixture<axes::classes>(lambda, log_p_s, log_p_t);  // (...)
  return named<"reverse_skew_kl_divergence">(temperature * temperature * mean_of_rows(divergence));
}
// Anything else is a mistake.
constexpr auto reverse_skew_kl_divergence(const auto&... given) {
  return detail::mistaken_loss(given...);
}
constexpr auto skew_kl_divergence(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::reverse_skew_kl_divergence;
using loss::skew_kl_divergence;
}  // namespace kd
