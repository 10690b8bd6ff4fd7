// SPDX-License-Identifier: MIT
// DIST:  L = T^2 (beta * 1/B sum_b (1 - r(p_s[b,:], p_t[b,:])) + gamma * 1/C sum_c (1 - r(p_s[:,c],
//   p_t[:,c]))),   r = Pearson's correlation,  p = softmax(z / T);  b counts the rows of all axes
// Huang et al. Knowledge Distillation from A Stronger Teacher. NeurIPS 2022.
// arXiv:2205.10536.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    beta (1), gamma (1), temperature > 0 (1)
// differs    from the paper: the factor T^2, as the authors' code has it
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct dist_options {
  schedule beta = 1;
  schedule gamma = 1;
  schedule temperature = 1;
};

namespace loss {

// Scalar >= 0 for beta, gamma >= 0, up to rounding. Rows depend on each other: a class is compared
// over all rows, as if they were one batch; weights are those of the correlation, too.
constexpr auto dist(Expression auto student, Expression auto teacher, dist_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto beta = parameter<"beta">(options.beta);
  const auto gamma = parameter<"gamma">(options.gamma);
  // Of each class over all rows: the mean product of scores, which count as 0 of a constant class.
  constexpr auto scores = [](auto p) {
    const auto centred = p - mean_of_rows<axes::classes>(p);             // (..., classes)
    const auto variance = mean_of_rows<axes::classes>(square(centred));  // (classes)
    const auto deviation = sqrt(max(variance, constant_of<1, 1, -24>));  // (classes)
    return where(equal(variance, constant_of<0>), constant_of<0>, centred / deviation);
  };
  const auto formula = [=](auto z_s, auto z_t) {
    const auto p_s = softmax<axes::classes>(z_s / temperature);  // (..., classes)
    const auto p_t = softmax<axes::classes>(z_t / temperature);  // (..., classes)
    const auto inter = mean_of_rows(constant_of<1> - pearson<axes::classes>(p_s, p_t));
    const auto products = scores(p_s) * scores(p_t);  // (..., classes)
    const auto intra = mean<axes::classes>(mean_of_rows<axes::classes>(constant_of<1> - products));
    return temperature * temperature * (beta * inter + gamma * intra);
  };
  return named<"dist">(once(formula, student, teacher));
}
// Anything else is a mistake.
constexpr auto dist(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::dist;
}  // namespace kd
