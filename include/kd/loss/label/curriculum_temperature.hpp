// SPDX-License-Identifier: MIT
// Curriculum temperature:  L = T^2 * 1/B sum_b KL(p_t || p_s),   p = softmax(z / T)
//   T = start + range sigmoid(a): a is learnt with the gradient turned and scaled by lambda;
//   while the student minimises L the temperature maximises it
// Li et al. Curriculum Temperature for Knowledge Distillation. AAAI 2023. arXiv:2211.16231.
// reads      student logits (..., classes), teacher logits (..., classes), and a learnable
//            scalar a, `kd::learnable<"temperature">`: its optimiser descends as all others do
// options    start > 0 (1), range > 0 (20), lambda (1: grow it from 0, for example by cosine(0, 1))
// differs    from the paper: nothing; for its instance-wise form, a has the axis batch and comes
//            from a network
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct curriculum_temperature_options {
  schedule start = 1;
  schedule range = 20;
  schedule lambda = 1;
};

namespace loss {

// Scalar >= 0. Zero iff both softmaxes are equal. a: a scalar, or (...).
constexpr auto curriculum_temperature(Expression auto student, Expression auto teacher,
                                      Expression auto a,
                                      curriculum_temperature_options options = {}) {
  const auto start = positive<"start">(options.start);
  const auto range = positive<"range">(options.range);
  const auto lambda = parameter<"lambda">(options.lambda);
  const auto formula = [=](auto z_s, auto z_t, auto learnt) {
    const auto scaled = lambda * learnt;
    const auto turned =  // learnt, with another gradient
        stop_gradient(learnt) + (reverse_gradient(scaled) - stop_gradient(scaled));
    const auto temperature = start + range * sigmoid(turned);

    const auto log_p_s = log_softmax<axes::classes>(z_s / temperature);      // (..., classes)
    const auto log_p_t = log_softmax<axes::classes>(z_t / temperature);      // (..., classes)
    return temperature * temperature * kl<axes::classes>(log_p_t, log_p_s);  // (...)
  };
  return named<"curriculum_temperature">(mean_of_rows(once(formula, student, teacher, a)));
}
// Anything else is a mistake.
constexpr auto curriculum_temperature(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace loss
using loss::curriculum_temperature;
}  // namespace kd
