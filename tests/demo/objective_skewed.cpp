// SPDX-License-Identifier: MIT
#include "objective_check.hpp"

namespace objective_check {

using example::reads, example::zs, example::zt;

void check_skewed_divergences(std::set<std::string>& seen) {
  check_label_loss<"skew_kl_divergence", reads::teacher>(
      "skew_kl_divergence(lambda = 0.3, T = 2)", 1, kd::skew_kl_divergence(zs, zt, {0.3, 2}), seen);
  check_label_loss<"reverse_skew_kl_divergence", reads::teacher>(
      "reverse_skew_kl_divergence(T = 2, lambda = 0.3)", 1,
      kd::reverse_skew_kl_divergence(zs, zt, {0.3, 2}), seen);
  check_label_loss<"jensen_shannon", reads::teacher>("jensen_shannon(beta = 0.2, T = 2)", 1,
                                                     kd::jensen_shannon(zs, zt, {0.2, 2}), seen);
  check_label_loss<"alpha_beta_divergence", reads::teacher>(
      "alpha_beta_divergence(alpha = 0.6, beta = 0.3, T = 2)", 1,
      kd::alpha_beta_divergence(zs, zt, {0.6, 0.3, 2}), seen);
}

}  // namespace objective_check
