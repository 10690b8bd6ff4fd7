// SPDX-License-Identifier: MIT
// Alpha-beta divergence, with p the teacher's and q the student's softmax(z / T), g = alpha + beta:
//   L = -T^2 / (alpha beta) * 1/B sum_b sum_c p^alpha q^beta - alpha/g p^g - beta/g q^g
//   its limits at 0 included:  (1, 0) is KL(p || q), (0, 1) is KL(q || p), (0, 0) is
//   1/2 sum_c (log p - log q)^2, (1/2, 1/2) is 4 times the squared Hellinger distance
// Wang et al. ABKD: Pursuing a Proper Allocation of the Probability Mass in Knowledge Distillation
// via alpha-beta-Divergence. ICML 2025. arXiv:2505.04560.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    alpha in [0, 1] (0.2), beta in [0, 1] (0.7); temperature > 0 (1)
// differs    from the paper: alpha and beta below 0 and above 1 are left out; the factor T^2 keeps
//            the size of gradients
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct alpha_beta_divergence_options {
  schedule alpha = 0.2;
  schedule beta = 0.7;
  schedule temperature = 1;
};

namespace loss {

// Scalar >= 0. Zero iff both softmaxes are equal.
// kl_of_ratio sums D(a, b) = e^b - e^a - e^a (b - a) >= 0 of whatever it is given. With a = log p
// and b = log q the formula is (sum D(g a, g b) / g - sum D(g a, alpha a + beta b) / beta) / alpha.
// The parts vanish with g and beta; where alpha < beta the two sides change places, so that no
// difference is divided by a small number.
constexpr auto alpha_beta_divergence(Expression auto student, Expression auto teacher,
                                     alpha_beta_divergence_options options = {}) {
  constexpr auto zero = constant_of<0>;
  constexpr auto one = constant_of<1>;
  const auto temperature = positive<"temperature">(options.temperature);
  const auto alpha = fraction<"alpha">(options.alpha);
  const auto beta = fraction<"beta">(options.beta);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto log_q = log_softmax<axes::classes>(z_s / temperature);  // (..., classes)
    const auto log_p = log_softmax<axes::classes>(z_t / temperature);  // (..., classes)
    const auto ratio = log_ratio(log_p, log_q);                        // (..., classes)

    const auto turned = less(alpha, beta);
    const auto neither = equal(alpha + beta, zero);
    const auto larger = where(neither, one, max(alpha, beta));
    const auto smaller = min(alpha, beta);
    const auto total = where(neither, one, alpha + beta);
    const auto a = where(turned, log_q, log_p);  // (..., classes)
    const auto b = where(turned, log_p, log_q);  // (..., classes)
    const auto one_side = equal(smaller, zero);
    // Terms in b - a cancel; where b is 0 they would be infinite, and any other number does.
    const auto b_is_absent = less_equal(b, constant_of<-1, 1, 38>);  // and not where it is NaN
    const auto apart = where(b_is_absent * (one - one_side), -one / where(one_side, one, smaller),
                             where(turned, -ratio, ratio));  // b - a, (..., classes)
    const auto between = exp(larger * a + where(one_side, zero, smaller * b));
    const auto far = kl_of_ratio<axes::classes>(total * a, exp(total * b), total * apart);
    const auto near =
        kl_of_ratio<axes::classes>(total * a, between, where(one_side, zero, smaller * apart));
    const auto difference = far / total - near / where(one_side, one, smaller);      // (...)
    const auto logarithmic = constant_of<1, 2> * sum<axes::classes>(square(ratio));  // (...)
    return where(neither, logarithmic, max(difference, zero) / larger);              // (...)
  };
  return named<"alpha_beta_divergence">(temperature * temperature *
                                        mean_of_rows(once(formula, student, teacher)));
}
// Anything else is a mistake.
constexpr auto alpha_beta_divergence(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace loss
using loss::alpha_beta_divergence;
}  // namespace kd
