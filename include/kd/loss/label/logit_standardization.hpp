// SPDX-License-Identifier: MIT
// Logit standardisation:  L = 1/B sum_b KL(p_t || p_s),   p = softmax((z - mean) / (std + eps) / T)
//   mean and std over the classes of a row; std is the unbiased estimate
// Sun et al. Logit Standardization in Knowledge Distillation. CVPR 2024.
// arXiv:2403.01427.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    temperature > 0 (2), epsilon > 0 (1e-7)
// differs    from the paper: nothing; there is no factor T^2
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct logit_standardization_options {
  schedule temperature = 2;
  schedule epsilon = 1e-7;
};

namespace loss {

// Scalar >= 0. Unchanged when a row of logits is shifted or, but for epsilon, scaled.
constexpr auto logit_standardization(Expression auto student, Expression auto teacher,
                                     logit_standardization_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto epsilon = positive<"epsilon">(options.epsilon);
  const auto z_s = standardize<axes::classes>(student, epsilon);       // (..., classes)
  const auto z_t = standardize<axes::classes>(teacher, epsilon);       // (..., classes)
  const auto log_p_s = log_softmax<axes::classes>(z_s / temperature);  // (..., classes)
  const auto log_p_t = log_softmax<axes::classes>(z_t / temperature);  // (..., classes)
  return named<"logit_standardization">(mean_of_rows(kl<axes::classes>(log_p_t, log_p_s)));
}
// Anything else is a mistake.
constexpr auto logit_standardization(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace loss
using loss::logit_standardization;
}  // namespace kd
