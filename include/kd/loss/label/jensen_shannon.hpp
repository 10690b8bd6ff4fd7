// SPDX-License-Identifier: MIT
// Generalised Jensen-Shannon divergence:
//   L = T^2 * 1/B sum_b beta KL(p_t || m) + (1 - beta) KL(p_s || m),
//   m = beta p_t + (1 - beta) p_s,   p = softmax(z / T)
//   beta = 0 is KL(p_t || p_s) and beta = 1 is KL(p_s || p_t): the limits of L / (beta (1 - beta))
// Agarwal et al. On-Policy Distillation of Language Models: Learning from Self-Generated Mistakes.
// ICLR 2024. arXiv:2306.13649, section 2.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    beta in [0, 1] (0.5), the teacher's weight; temperature > 0 (1)
// differs    from the paper: at beta = 0 and 1 the KL divergences instead of 0, as TRL does; the
//            factor T^2 keeps the size of gradients
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct jensen_shannon_options {
  schedule beta = 0.5;
  schedule temperature = 1;
};

namespace loss {

// Scalar >= 0. Zero iff both softmaxes are equal.
constexpr auto jensen_shannon(Expression auto student, Expression auto teacher,
                              jensen_shannon_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto beta = fraction<"beta">(options.beta);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto log_p_s = log_softmax<axes::classes>(z_s / temperature);  // (..., classes)
    const auto log_p_t = log_softmax<axes::classes>(z_t / temperature);  // (..., classes)
    const auto x = log_ratio(log_p_t, log_p_s);                          // (..., classes)
    const auto m_to_t = log_mixture_ratio(beta, x);            // log m - log p_t, (..., classes)
    const auto m_to_s = log_mixture_ratio_of_second(beta, x);  // log m - log p_s, (..., classes)
    const auto m = beta * exp(log_p_t) + (constant_of<1> - beta) * exp(log_p_s);  // (..., classes)

    // At beta = 0, m is p_s and the second divergence is 0; at beta = 1, m is p_t and the first is.
    const auto of_teacher = where(equal(beta, constant_of<0>), constant_of<1>, beta);
    const auto of_student =
        where(equal(beta, constant_of<1>), constant_of<1>, constant_of<1> - beta);
    return of_teacher * kl_of_ratio<axes::classes>(log_p_t, m, m_to_t) +
           of_student * kl_of_ratio<axes::classes>(log_p_s, m, m_to_s);  // (...)
  };
  return named<"jensen_shannon">(temperature * temperature *
                                 mean_of_rows(once(formula, student, teacher)));
}
// Anything else is a mistake.
constexpr auto jensen_shannon(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::jensen_shannon;
}  // namespace kd
