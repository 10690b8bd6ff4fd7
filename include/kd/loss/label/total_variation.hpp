// SPDX-License-Identifier: MIT
// Total variation:  L = 1/B sum_b 1/2 sum_c |p_s - p_t|,   p = softmax(z / T)
// Wen et al. f-Divergence Minimization for Sequence-Level Knowledge Distillation. ACL 2023.
// arXiv:2307.15190, section 3.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    temperature > 0 (1)
// differs    from the paper: rows of logits instead of sampled sequences; no factor T^2, so that
//            the value is the distance itself
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct total_variation_options {
  schedule temperature = 1;
};

namespace loss {

// Scalar in [0, 1]. Zero iff both softmaxes are equal; where two probabilities are equal, the
// subgradient 0 is taken.
constexpr auto total_variation(Expression auto student, Expression auto teacher,
                               total_variation_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto p_s = softmax<axes::classes>(student / temperature);                // (..., classes)
  const auto p_t = softmax<axes::classes>(teacher / temperature);                // (..., classes)
  const auto distance = constant_of<1, 2> * sum<axes::classes>(abs(p_s - p_t));  // (...)
  return named<"total_variation">(mean_of_rows(distance));
}
// Anything else is a mistake.
constexpr auto total_variation(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::total_variation;
}  // namespace kd
