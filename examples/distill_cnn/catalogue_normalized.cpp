// SPDX-License-Identifier: MIT
// What treats the label apart from the other classes.
#include "label_loss.hpp"

namespace example {

std::vector<loss> normalized_losses() {
  return {label_loss<"decoupled", reads::both, kd::decoupled_options>(
              {{"alpha", &kd::decoupled_options::alpha, &any_number},
               {"beta", &kd::decoupled_options::beta, &any_number},
               {"temperature", &kd::decoupled_options::temperature, &positive}},
              [](const auto& o) { return kd::decoupled(zs, zt, y, o); }),
          label_loss<"normalized", reads::both, kd::normalized_options>(
              {{"gamma", &kd::normalized_options::gamma, &any_number},
               {"temperature", &kd::normalized_options::temperature, &positive}},
              [](const auto& o) { return kd::normalized(zs, zt, y, o); }),
          label_loss<"weighted_soft_labels", reads::both, kd::weighted_soft_labels_options>(
              {{"temperature", &kd::weighted_soft_labels_options::temperature, &positive}},
              [](const auto& o) { return kd::weighted_soft_labels(zs, zt, y, o); })};
}

}  // namespace example
