// SPDX-License-Identifier: MIT
// Logit MSE:  L = 1/(B C) sum_b sum_c (z_s - z_t)^2
// Ba, Caruana. Do Deep Nets Really Need to be Deep? NIPS 2014. arXiv:1312.6184, section 2.2.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    none
// differs    from the paper: the mean over all elements instead of 1/(2 B) times the sum
#pragma once
#include <kd/dsl.hpp>

namespace kd::loss {

// Scalar >= 0. Zero iff the logits are equal.
constexpr auto logit_mse(Expression auto student, Expression auto teacher) {
  return named<"logit_mse">(mean_of_rows(mean<axes::classes>(square(student - teacher))));
}
// Anything else is a mistake.
constexpr auto logit_mse(const auto&... given) { return detail::mistaken_loss(given...); }

}  // namespace kd::loss
namespace kd {
using loss::logit_mse;
}
