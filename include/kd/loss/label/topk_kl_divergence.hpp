// SPDX-License-Identifier: MIT
// Top-k KL divergence:  L = T^2 * 1/B sum_b [sum_k p_t log(p_t / p_s[i_k]) + r_t log(r_t / r_s)]
//   over the k classes whose probabilities the teacher stored, and the tail: r = 1 - sum_k p
// Peng et al. Pre-training Distillation for Large Language Models: A Design Space Exploration.
// ACL 2025. arXiv:2410.16215 (truncated logits); the tail as one class keeps both sides
// distributions.
// reads      student logits (batch, classes), indices (batch, top): labels, different ones in a
//            row; the teacher's log p of those classes (batch, top), of a softmax over all classes
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
  const auto z = student / temperature;                        // (batch, classes)
  const auto lse = log_sum_exp<axes::classes>(z);              // (batch)
  const auto log_p_s = pick<axes::classes>(z, indices) - lse;  // (batch, top)

  // The student's tail from the classes that are left, because 1 - sum cancels.
  const auto some_left = greater(extent<axes::classes>, extent<axes::top>);
  const auto taken = sum<axes::top>(one_hot<axes::classes>(indices));  // (batch, classes)
  const auto left = where(taken, where(some_left, log(constant_of<0>), constant_of<0>), z);
  const auto tail_s = where(some_left, log_sum_exp<axes::classes>(left) - lse, log(constant_of<0>));
  const auto stored = sum<axes::top>(exp(log_p_t));  // (batch)
  const auto rest = max(constant_of<1> - stored, constant_of<0>);
  const auto tail_t = where(some_left, log(rest), log(constant_of<0>));  // (batch)

  const auto sums_to_1 =
      where(less_equal(stored, constant_of<1001, 1000>), constant_of<1>, not_a_number);
  const auto row = sums_to_1 * (kl<axes::top>(log_p_t, log_p_s) + kl<>(tail_t, tail_s));  // (batch)
  return named<"topk_kl_divergence">(temperature * temperature * mean<axes::batch>(row));
}
// Anything else is a mistake.
constexpr auto topk_kl_divergence(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::topk_kl_divergence;
}  // namespace kd
