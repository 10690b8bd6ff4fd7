// SPDX-License-Identifier: MIT
// Multi-level logit:  L = sum_T [T^2 * 1/B sum_b KL(p_t || p_s) + 1/B |G_s - G_t|^2
//                               + 1/C |M_s - M_t|^2],   p = softmax(z / T),  P = all rows p
//   G = P P^T relates samples (batch, batch), M = P^T P relates classes (classes, classes)
// Jin, Wang, Lin. Multi-Level Logit Distillation. CVPR 2023.
// reads      student logits (batch, classes), teacher logits (batch, classes), and a vector of
//            temperatures > 0, `kd::given<"temperatures", kd::axes::level>` (the authors': 2 to 6)
// options    none
// differs    from the paper: nothing; its confidence masks, of the code alone, are left out
#pragma once
#include <kd/dsl.hpp>

namespace kd {

namespace axes {
inline constexpr struct level : axis<"level"> {
} level;  // temperatures
}  // namespace axes

namespace loss {

// Scalar >= 0. Zero iff both softmaxes are equal. Rows depend on each other.
constexpr auto multi_level_logit(Expression auto student, Expression auto teacher,
                                 Expression auto temperatures) {
  constexpr auto samples = [](auto p) {  // (level, batch, other)
    return dot<axes::classes>(p, as<axes::batch, axes::other>(p));
  };
  constexpr auto classes = [](auto p) {  // (level, classes, other_classes)
    return dot<axes::batch>(p, as<axes::classes, axes::other_classes>(p));
  };
  constexpr auto formula = [=](auto z_s, auto z_t, auto levels) {
    const auto temperature =  // (level)
        where(greater(levels, constant_of<0>), levels,
              not_a_number_because<"a temperature of multi_level_logit is not positive">);
    const auto log_p_s = log_softmax<axes::classes>(z_s / temperature);  // (level, batch, classes)
    const auto log_p_t = log_softmax<axes::classes>(z_t / temperature);  // (level, batch, classes)
    const auto instance =
        square(temperature) * mean<axes::batch>(kl<axes::classes>(log_p_t, log_p_s));
    const auto p_s = exp(log_p_s);
    const auto p_t = exp(log_p_t);
    const auto of_samples =
        mean<axes::batch>(sum<axes::other>(square(samples(p_s) - samples(p_t))));  // (level)
    const auto of_classes = mean<axes::classes>(
        sum<axes::other_classes>(square(classes(p_s) - classes(p_t))));  // (level)
    return sum<axes::level>(instance + of_samples + of_classes);
  };
  return named<"multi_level_logit">(
      detail::compares_rows(once(formula, student, teacher, temperatures)));
}
// Anything else is a mistake.
constexpr auto multi_level_logit(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::multi_level_logit;
}  // namespace kd
