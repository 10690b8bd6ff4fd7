// SPDX-License-Identifier: MIT
#include "objective_check.hpp"

namespace objective_check {

using example::reads, example::y, example::zs, example::zt;

void check_label_losses(std::set<std::string>& seen) {
  check_label_loss<"cross_entropy", reads::labels>("0.5 * cross_entropy", 0.5,
                                                   kd::cross_entropy(zs, y), seen);
  check_label_loss<"cross_entropy", reads::labels>(
      "cross_entropy(label_smoothing = 0.2, ignore_index = 2)", 1,
      kd::cross_entropy(zs, y, {0.2, 2}), seen);
  check_label_loss<"self_label_smoothing", reads::labels>(
      "self_label_smoothing(correct_probability = 0.9, T = 5)", 1,
      kd::self_label_smoothing(zs, y, {0.9, 5}), seen);
  check_label_loss<"soft_targets", reads::both>("soft_targets(T = 2, alpha = linear(0.5, 0.9))", 1,
                                                kd::soft_targets(zs, zt, y, {2, 0.6}), seen);
  check_label_loss<"decoupled", reads::both>("decoupled(alpha = 2, beta = 3, T = 2)", 1,
                                             kd::decoupled(zs, zt, y, {2, 3, 2}), seen);
  check_label_loss<"normalized", reads::both>("normalized(gamma = 2, T = 3)", 1,
                                              kd::normalized(zs, zt, y, {2, 3}), seen);
  check_label_loss<"weighted_soft_labels", reads::both>(
      "weighted_soft_labels(T = 3)", 1, kd::weighted_soft_labels(zs, zt, y, {3}), seen);
}

}  // namespace objective_check
