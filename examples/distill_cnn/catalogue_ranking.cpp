// SPDX-License-Identifier: MIT
// Orders of classes, and classes that do not exclude each other.
#include "label_loss.hpp"

namespace example {

std::vector<loss> ranking_losses() {
  return {label_loss<"listwise_ranking", reads::teacher, kd::listwise_ranking_options>(
              {{"temperature", &kd::listwise_ranking_options::temperature, &positive}},
              [](const auto& o) { return kd::listwise_ranking(zs, zt, o); }),
          label_loss<"pairwise_ranking", reads::teacher, kd::pairwise_ranking_options>(
              {{"margin", &kd::pairwise_ranking_options::margin, &any_number}},
              [](const auto& o) { return kd::pairwise_ranking(zs, zt, o); })};
}

std::vector<loss> binary_losses() {
  const auto of_labels =
      kd::binary_cross_entropy_with_targets(zs, kd::one_hot<kd::axes::classes>(y));
  return {label_loss<"binary_cross_entropy", reads::teacher>(kd::binary_cross_entropy(zs, zt)),
          label_loss<"binary_cross_entropy_with_targets", reads::labels>(
              kd::named<"binary_cross_entropy_with_targets">(of_labels))};
}

}  // namespace example
