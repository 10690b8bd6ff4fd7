// SPDX-License-Identifier: MIT
// Cross-entropy:  L = 1/B sum_b -log p_s[y],   p_s = softmax(z_s)
//   with label smoothing e:  -(1 - e) log p_s[y] - e/C sum_c log p_s[c]
//   rows labelled ignore_index leave the mean
// Smoothing: Szegedy et al. Rethinking the Inception Architecture. CVPR 2016.
// arXiv:1512.00567, section 7.
// reads      student logits (..., classes), labels (...)
// options    label_smoothing in [0, 1] (0), ignore_index (-100)
//            without options neither is computed
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct cross_entropy_options {
  schedule label_smoothing = 0;
  schedule ignore_index = -100;
};

namespace loss {

// Scalar >= 0; 0 if every row is ignored.
constexpr auto cross_entropy(Expression auto student, Labels auto y) {
  return named<"cross_entropy">(
      mean_of_rows(-pick<axes::classes>(log_softmax<axes::classes>(student), y), y));
}

// The same, of which labels equal to ignore_index are none.
constexpr auto cross_entropy(Expression auto student, Labels auto labels,
                             cross_entropy_options options) {
  const auto smoothing = fraction<"label_smoothing">(options.label_smoothing);
  const auto y = ignoring(labels, options.ignore_index);
  const auto formula = [=](auto z) {
    const auto log_p = log_softmax<axes::classes>(z);               // (..., classes)
    const auto hard = -pick<axes::classes>(log_p, y);               // (...)
    const auto masked = less_equal(log_p, constant_of<-1, 1, 38>);  // by -inf: has no share
    const auto spread = mean<axes::classes>(where(masked, constant_of<0>, log_p));
    const auto smooth = where(smoothing, -spread, constant_of<0>);    // (...)
    return (constant_of<1> - smoothing) * hard + smoothing * smooth;  // (...)
  };
  return named<"cross_entropy">(mean_of_rows(once(formula, student), y));
}
// Anything else is a mistake.
constexpr auto cross_entropy(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace loss
using loss::cross_entropy;
}  // namespace kd
