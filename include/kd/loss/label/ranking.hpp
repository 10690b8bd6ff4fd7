// SPDX-License-Identifier: MIT
// Ranking, of the items along `classes`.
//   listwise:  L = 1/B sum_b -sum_i p_t log p_s,   p = softmax(z / T): the top item's probability
//   pairwise:  L = 1/B sum_b of the mean over pairs with t_i > t_j of max(0, margin - (s_i - s_j))
// Cao et al. Learning to Rank: From Pairwise Approach to Listwise Approach. ICML 2007, section 4.
// Hinge: Herbrich, Graepel, Obermayer. Large Margin Rank Boundaries for Ordinal Regression. 2000.
// For distillation: Reddi et al. RankDistil: Knowledge Distillation for Ranking. AISTATS 2021.
// reads      student scores (..., classes), teacher scores (..., classes)
// options    listwise: temperature > 0 (1);   pairwise: margin (1)
// differs    from the papers: all items of a row count, not the teacher's best alone; the teacher's
//            scores decide on pairs, and a row without pairs counts as 0
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct listwise_ranking_options {
  schedule temperature = 1;
};
struct pairwise_ranking_options {
  schedule margin = 1;
};

namespace loss {

// Scalar >= 0, least where both softmaxes are equal. No factor T^2.
constexpr auto listwise_ranking(Expression auto student, Expression auto teacher,
                                listwise_ranking_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto log_p_s = log_softmax<axes::classes>(z_s / temperature);            // (..., classes)
    const auto log_p_t = log_softmax<axes::classes>(z_t / temperature);            // (..., classes)
    return kl<axes::classes>(log_p_t, log_p_s) + entropy<axes::classes>(log_p_t);  // (...)
  };
  return named<"listwise_ranking">(mean_of_rows(once(formula, student, teacher)));
}

// Scalar >= 0. Zero iff the student orders all items as the teacher does, by the margin.
constexpr auto pairwise_ranking(Expression auto student, Expression auto teacher,
                                pairwise_ranking_options options = {}) {
  const auto margin = parameter<"margin">(options.margin);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto other_s = as<axes::classes, axes::other_classes>(z_s);  // (..., other_classes)
    const auto other_t = as<axes::classes, axes::other_classes>(z_t);  // (..., other_classes)
    const auto ordered = relu(sign(z_t - other_t));     // (..., classes, other_classes); NaN stays
    const auto hinge = relu(margin - (z_s - other_s));  // (..., classes, other_classes)
    const auto lost = sum<axes::classes>(sum<axes::other_classes>(ordered * hinge));  // (...)
    const auto pairs = sum<axes::classes>(sum<axes::other_classes>(ordered));         // (...)
    return lost / max(pairs, constant_of<1>);                                         // (...)
  };
  return named<"pairwise_ranking">(mean_of_rows(once(formula, student, teacher)));
}
// Anything else is a mistake.
constexpr auto listwise_ranking(const auto&... given) { return detail::mistaken_loss(given...); }
constexpr auto pairwise_ranking(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::listwise_ranking;
using loss::pairwise_ranking;
}  // namespace kd
