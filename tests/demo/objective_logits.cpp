// SPDX-License-Identifier: MIT
#include "objective_check.hpp"

namespace objective_check {

using example::reads, example::y, example::zs, example::zt;

void check_logit_losses(std::set<std::string>& seen) {
  check_label_loss<"logit_mse", reads::teacher>("0.1 * logit_mse", 0.1, kd::logit_mse(zs, zt),
                                                seen);
  check_label_loss<"logit_standardization", reads::teacher>(
      "logit_standardization(T = 3, epsilon = 1e-3)", 1,
      kd::logit_standardization(zs, zt, {3, 1e-3}), seen);
  check_label_loss<"dist", reads::teacher>("dist(beta = 2, gamma = 3, T = 2)", 1,
                                           kd::dist(zs, zt, {2, 3, 2}), seen);
  check_label_loss<"transformed_teacher", reads::teacher>(
      "transformed_teacher(T = 3)", 1, kd::transformed_teacher(zs, zt, {3}), seen);
  check_label_loss<"weighted_transformed_teacher", reads::teacher>(
      "weighted_transformed_teacher(T = 3)", 1, kd::weighted_transformed_teacher(zs, zt, {3}),
      seen);
}

}  // namespace objective_check
