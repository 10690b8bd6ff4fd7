// SPDX-License-Identifier: MIT
// Weighted soft labels:  L = T^2 * 1/B sum_b w KL(p_t || p_s),   p = softmax(z / T)
//   w = 1 - exp(-CE(z_s, y) / CE(z_t, y)), at temperature 1: little weight where the student is
//   already better than the teacher
// Zhou et al. Rethinking Soft Labels for Knowledge Distillation: A Bias-Variance Tradeoff
// Perspective. ICLR 2021. arXiv:2102.00650.
// reads      student logits (..., classes), teacher logits (..., classes), labels (...)
// options    temperature > 0 (2)
// differs    from the paper: the KL divergence instead of the cross-entropy to the teacher, whose
//            gradient is the same because weights carry none; 1e-7 is added to the teacher's
//            cross-entropy, as in the authors' code; add cross_entropy and a factor (2.5 there)
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct weighted_soft_labels_options {
  schedule temperature = 2;
};

namespace loss {

// Scalar >= 0.
constexpr auto weighted_soft_labels(Expression auto student, Expression auto teacher, Labels auto y,
                                    weighted_soft_labels_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto entropy_s = -pick<axes::classes>(log_softmax<axes::classes>(z_s), y);  // (...)
    const auto entropy_t = -pick<axes::classes>(log_softmax<axes::classes>(z_t), y);  // (...)
    const auto weight = stop_gradient(-expm1(-entropy_s / (entropy_t + constant_of<1, 1, -7>)));

    const auto log_p_s = log_softmax<axes::classes>(z_s / temperature);  // (..., classes)
    const auto log_p_t = log_softmax<axes::classes>(z_t / temperature);  // (..., classes)
    return weight * kl<axes::classes>(log_p_t, log_p_s);                 // (...)
  };
  const auto row = once(formula, student, teacher);  // (...)
  return named<"weighted_soft_labels">(temperature * temperature * mean_of_rows(row, y));
}
// Anything else is a mistake.
constexpr auto weighted_soft_labels(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace loss
using loss::weighted_soft_labels;
}  // namespace kd
