// SPDX-License-Identifier: MIT
// Decoupled:  L = T^2 * 1/B sum_b alpha TCKD + beta NCKD,   p = softmax(z / T)
//   TCKD = KL of (p_t[y], 1 - p_t[y]) and (p_s[y], 1 - p_s[y]): the label class against the rest
//   NCKD = KL of the softmaxes over the classes other than y
// Zhao et al. Decoupled Knowledge Distillation. CVPR 2022. arXiv:2203.08679, equation 7.
// reads      student logits (..., classes), teacher logits (..., classes), labels (...)
// options    alpha (1), beta (8), temperature > 0 (4): the authors' for CIFAR-100
// differs    from the paper: nothing; the label class is excluded, where the authors' code takes
//            1000 off its logit
#pragma once
#include <kd/dsl.hpp>
#include <kd/loss/without_label.hpp>

namespace kd {

struct decoupled_options {
  schedule alpha = 1;
  schedule beta = 8;
  schedule temperature = 4;
};

namespace loss {

// Scalar >= 0 for alpha, beta >= 0; then zero iff both softmaxes are equal.
constexpr auto decoupled(Expression auto student, Expression auto teacher, Labels auto y,
                         decoupled_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto alpha = parameter<"alpha">(options.alpha);
  const auto beta = parameter<"beta">(options.beta);
  const auto formula = [=](auto s, auto t) {
    const auto z_s = s / temperature;             // (..., classes)
    const auto z_t = t / temperature;             // (..., classes)
    const auto others_s = without_label(z_s, y);  // (..., classes)
    const auto others_t = without_label(z_t, y);  // (..., classes)

    const auto label = kl<>(pick<axes::classes>(log_softmax<axes::classes>(z_t), y),
                            pick<axes::classes>(log_softmax<axes::classes>(z_s), y));  // (...)
    const auto rest = kl<>(log_rest(z_t, others_t), log_rest(z_s, others_s));
    const auto others = kl<axes::classes>(log_softmax<axes::classes>(others_t),
                                          log_softmax<axes::classes>(others_s));  // (...)
    return alpha * (label + rest) + beta * others;
  };
  const auto row = once(formula, student, teacher);  // (...)
  return named<"decoupled">(temperature * temperature * mean_of_rows(row, y));
}
// Anything else is a mistake.
constexpr auto decoupled(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::decoupled;
}  // namespace kd
