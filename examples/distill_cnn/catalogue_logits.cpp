// SPDX-License-Identifier: MIT
// What compares logits, also across the batch.
#include "label_loss.hpp"

namespace example {

std::vector<loss> logit_losses() {
  return {label_loss<"logit_mse", reads::teacher>(kd::logit_mse(zs, zt)),
          label_loss<"logit_standardization", reads::teacher, kd::logit_standardization_options>(
              {{"temperature", &kd::logit_standardization_options::temperature, &positive},
               {"epsilon", &kd::logit_standardization_options::epsilon, &positive}},
              [](const auto& o) { return kd::logit_standardization(zs, zt, o); }),
          label_loss<"dist", reads::teacher, kd::dist_options>(
              {{"beta", &kd::dist_options::beta, &any_number},
               {"gamma", &kd::dist_options::gamma, &any_number},
               {"temperature", &kd::dist_options::temperature, &positive}},
              [](const auto& o) { return kd::dist(zs, zt, o); })};
}

}  // namespace example
