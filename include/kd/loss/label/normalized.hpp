// SPDX-License-Identifier: MIT
// Normalized:  L = 1/B sum_b -p_t[y] log p_s[y] - gamma T^2 sum_{c != y} n_t log n_s
//   p = softmax(z),  n = softmax(z / T) over the classes other than y
// Yang et al. From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with
// Normalized Loss and Customized Soft Labels. ICCV 2023. arXiv:2303.13005.
// reads      student logits (..., classes), teacher logits (..., classes), labels (...)
// options    gamma (1.5), temperature > 0 (1)
// differs    from the paper: nothing; the second term is computed as KL(n_t || n_s) + H(n_t)
#pragma once
#include <kd/dsl.hpp>
#include <kd/loss/without_label.hpp>

namespace kd {

struct normalized_options {
  schedule gamma = 1.5;
  schedule temperature = 1;
};

namespace loss {

// Scalar >= 0 for gamma >= 0.
constexpr auto normalized(Expression auto student, Expression auto teacher, Labels auto y,
                          normalized_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto gamma = parameter<"gamma">(options.gamma);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto label = -exp(pick<axes::classes>(log_softmax<axes::classes>(z_t), y)) *
                       pick<axes::classes>(log_softmax<axes::classes>(z_s), y);  // (...)

    const auto log_n_s = log_softmax<axes::classes>(without_label(z_s / temperature, y));
    const auto log_n_t = log_softmax<axes::classes>(without_label(z_t / temperature, y));
    const auto others = kl<axes::classes>(log_n_t, log_n_s) + entropy<axes::classes>(log_n_t);
    return label + gamma * (temperature * temperature) * others;  // (...)
  };
  return named<"normalized">(mean_of_rows(once(formula, student, teacher), y));
}
// Anything else is a mistake.
constexpr auto normalized(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::normalized;
}  // namespace kd
