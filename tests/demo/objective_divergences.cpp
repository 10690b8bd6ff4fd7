// SPDX-License-Identifier: MIT
#include "objective_check.hpp"

namespace objective_check {

using example::reads, example::zs, example::zt;

void check_divergences(std::set<std::string>& seen) {
  check_label_loss<"kl_divergence", reads::teacher>("kl_divergence", 1, kd::kl_divergence(zs, zt),
                                                    seen);
  check_label_loss<"kl_divergence", reads::teacher>("linear(4, 8) * kl_divergence(T=linear(4,8))",
                                                    5, kd::kl_divergence(zs, zt, {5}), seen);
  check_label_loss<"reverse_kl_divergence", reads::teacher>(
      "-0.5 * reverse_kl_divergence(temperature = 2)", -0.5, kd::reverse_kl_divergence(zs, zt, {2}),
      seen);
  check_label_loss<"soft_cross_entropy", reads::teacher>("soft_cross_entropy(T = 3)", 1,
                                                         kd::soft_cross_entropy(zs, zt, {3}), seen);
  check_label_loss<"total_variation", reads::teacher>("2 * total_variation(T = 1.5)", 2,
                                                      kd::total_variation(zs, zt, {1.5}), seen);
}

}  // namespace objective_check
