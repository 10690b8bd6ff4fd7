// SPDX-License-Identifier: MIT
// Top-k KL divergence:  L = T^2 * 1/B sum_b [sum_k p_t log(p_t / p_s[i_k]) + r_t log(r_t / r_s)]
//   over the k classes whose probabilities the teacher stored, and the tail: r = 1 - sum_k p
// Peng et al. Pre-training Distillation for Large Language Models: A Design Space Exploration.
// ACL 2025. arXiv:2410.16215 (truncated logits); the tail as one class keeps both sides
// distributions.
// reads      student logits (batch, classes), indices (batch, top): labels, different ones in a
//            row; the teacher's log p of those classes (batch, top), of a softmax over all classes.
//            Shorter lists are padded by the label -1, with any log p, or by log p = -inf
//            Not a number, with a sentence under non_finite::check, for a row that stores a class
//            twice, or probabilities whose sum is above 1 by more than their storage rounds
// options    temperature > 0 (1): the one that the teacher's softmax was stored with
// differs    from the paper: the tail counts, where the paper renormalises the k classes
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct topk_kl_divergence_options {
  schedule temperature = 1;
};

namespace axes {
inline constexpr struct top : axis<"top"> {
} top;  // the classes that were kept, in any order
}  // namespace axes

namespace loss {

// Scalar >= 0, at most the KL divergence over all classes; equal to it if k is their number.
constexpr auto topk_kl_divergence(Expression auto student, Expression auto indices,
                                  Expression auto log_p_t,
                                  topk_kl_divergence_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto formula = [=](auto z_s, auto stored_log_p) {
    const auto zero = constant_of<0>;
    const auto one = constant_of<1>;
    const auto minus_inf = log(zero);
    const auto none = constant_of<-1>;  // in place of a class
    const auto kept =                   // (batch, top)
        where(is_label(indices, none), where(equal(stored_log_p, minus_inf), zero, one), zero);
    const auto as_stored = where(kept, stored_log_p, minus_inf);                  // (batch, top)
    const auto stored = sum<axes::top>(exp(as_stored));                           // (batch)
    const auto some_left = greater(extent<axes::classes>, sum<axes::top>(kept));  // (batch)

    // A log-probability is rounded by |log p| u, so its probability by p |log p| u: a sum that is
    // above 1 by no more is divided out, as is any sum of all classes.
    const auto most =
        constant_of<1001, 1000> + unit_roundoff(stored_log_p) * entropy<axes::top>(as_stored);
    const auto log_p = as_stored - log(where(some_left, max(stored, one), stored));  // (batch, top)
    const auto z = z_s / temperature;                // (batch, classes)
    const auto lse = log_sum_exp<axes::classes>(z);  // (batch)
    const auto log_p_s =                             // (batch, top)
        where(kept, pick<axes::classes>(z, indices, none) - lse, minus_inf);

    // The student's tail from the classes that are left, because 1 - sum cancels.
    const auto taken = scatter<axes::classes, axes::top>(kept, indices, none);  // (batch, classes)
    const auto left = where(taken, where(some_left, minus_inf, zero), z);       // (batch, classes)
    const auto tail_s = where(some_left, log_sum_exp<axes::classes>(left) - lse, minus_inf);
    const auto tail_t = where(some_left, log(max(one - stored, zero)), minus_inf);

    const auto sums_to_1 = where(
        less_equal(stored, most), one,
        not_a_number_because<"the stored probabilities of a row of topk_kl_divergence sum to more "
                             "than 1">);
    const auto defined =
        where(greater(max<axes::classes>(taken), one),
              not_a_number_because<"a row of topk_kl_divergence stores a class twice">, sums_to_1);
    return defined * (kl<axes::top>(log_p, log_p_s) + kl<>(tail_t, tail_s));  // (batch)
  };
  const auto row = once(formula, student, log_p_t);  // (batch)
  return named<"topk_kl_divergence">(temperature * temperature * mean_of_rows(row));
}
// Anything else is a mistake.
constexpr auto topk_kl_divergence(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::topk_kl_divergence;
}  // namespace kd
