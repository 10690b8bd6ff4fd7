// SPDX-License-Identifier: MIT
#include "objective_check.hpp"

namespace objective_check {

using example::reads, example::y, example::zs, example::zt;

void check_ranking_losses(std::set<std::string>& seen) {
  check_label_loss<"listwise_ranking", reads::teacher>("2 * listwise_ranking(T = 3)", 2,
                                                       kd::listwise_ranking(zs, zt, {3}), seen);
  check_label_loss<"pairwise_ranking", reads::teacher>("pairwise_ranking(margin = 0.5)", 1,
                                                       kd::pairwise_ranking(zs, zt, {0.5}), seen);
  check_label_loss<"binary_cross_entropy", reads::teacher>("binary_cross_entropy", 1,
                                                           kd::binary_cross_entropy(zs, zt), seen);
  // Written out, of the labels of models: 1 for the label's class and 0 for the others.
  const auto of_others = kd::mean<kd::axes::batch, kd::axes::classes>(kd::softplus(zs));
  const auto of_label = kd::mean<kd::axes::batch>(kd::pick<kd::axes::classes>(zs, y));
  check_label_loss<"binary_cross_entropy_with_targets", reads::labels>(
      "3 * binary_cross_entropy_with_targets", 3, of_others - of_label / 4.0, seen);
}

}  // namespace objective_check
