// SPDX-License-Identifier: MIT
// Self label smoothing:  L = T^2 * 1/B sum_b KL(u_T || p_s),   p_s = softmax(z_s / T)
//   u = a on y and (1 - a) / (C - 1) elsewhere, a virtual teacher;  u_T = u^(1/T), normalised
// Yuan et al. Revisiting Knowledge Distillation via Label Smoothing Regularization. CVPR 2020.
// arXiv:1909.11723, equations 8-9.
// reads      student logits (..., classes), labels (...); no teacher
// options    correct_probability a in [0, 1] (0.99), temperature > 0 (20)
// differs    from the paper: the virtual teacher is softened as any other, by its logits log u,
//            where the authors' code takes softmax(u / T); the factor T^2 is part of the loss.
//            Add cross_entropy
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct self_label_smoothing_options {
  schedule correct_probability = 0.99;
  schedule temperature = 20;
};

namespace loss {

// Scalar >= 0. Zero iff the student's softmax is the virtual teacher.
constexpr auto self_label_smoothing(Expression auto student, Labels auto y,
                                    self_label_smoothing_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto correct = fraction<"correct_probability">(options.correct_probability);
  const auto others = max(extent<axes::classes> - constant_of<1>, constant_of<1>);
  const auto log_u = where(one_hot<axes::classes>(y), log(correct),
                           log((constant_of<1> - correct) / others));      // (..., classes)
  const auto log_u_t = log_softmax<axes::classes>(log_u / temperature);    // (..., classes)
  const auto log_p_s = log_softmax<axes::classes>(student / temperature);  // (..., classes)
  return named<"self_label_smoothing">(temperature * temperature *
                                       mean_of_rows(kl<axes::classes>(log_u_t, log_p_s), y));
}
// Anything else is a mistake.
constexpr auto self_label_smoothing(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace loss
using loss::self_label_smoothing;
}  // namespace kd
