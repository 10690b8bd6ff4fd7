// SPDX-License-Identifier: MIT
// Divergences of distributions.
#include "label_loss.hpp"

namespace example {

std::vector<loss> divergences() {
  return {label_loss<"kl_divergence", reads::teacher, kd::kl_divergence_options>(
              {{"temperature", &kd::kl_divergence_options::temperature, &positive}},
              [](const auto& o) { return kd::kl_divergence(zs, zt, o); }),
          label_loss<"reverse_kl_divergence", reads::teacher, kd::reverse_kl_divergence_options>(
              {{"temperature", &kd::reverse_kl_divergence_options::temperature, &positive}},
              [](const auto& o) { return kd::reverse_kl_divergence(zs, zt, o); }),
          label_loss<"soft_cross_entropy", reads::teacher, kd::soft_cross_entropy_options>(
              {{"temperature", &kd::soft_cross_entropy_options::temperature, &positive}},
              [](const auto& o) { return kd::soft_cross_entropy(zs, zt, o); }),
          label_loss<"total_variation", reads::teacher, kd::total_variation_options>(
              {{"temperature", &kd::total_variation_options::temperature, &positive}},
              [](const auto& o) { return kd::total_variation(zs, zt, o); })};
}

}  // namespace example
