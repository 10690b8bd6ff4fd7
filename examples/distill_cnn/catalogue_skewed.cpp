// SPDX-License-Identifier: MIT
// Divergences from mixtures, and one between many others.
#include "label_loss.hpp"

namespace example {

std::vector<loss> skewed_divergences() {
  return {label_loss<"skew_kl_divergence", reads::teacher, kd::skew_kl_divergence_options>(
              {{"lambda", &kd::skew_kl_divergence_options::lambda, &fraction},
               {"temperature", &kd::skew_kl_divergence_options::temperature, &positive}},
              [](const auto& o) { return kd::skew_kl_divergence(zs, zt, o); }),
          label_loss<"reverse_skew_kl_divergence", reads::teacher, kd::skew_kl_divergence_options>(
              {{"lambda", &kd::skew_kl_divergence_options::lambda, &fraction},
               {"temperature", &kd::skew_kl_divergence_options::temperature, &positive}},
              [](const auto& o) { return kd::reverse_skew_kl_divergence(zs, zt, o); }),
          label_loss<"jensen_shannon", reads::teacher, kd::jensen_shannon_options>(
              {{"beta", &kd::jensen_shannon_options::beta, &fraction},
               {"temperature", &kd::jensen_shannon_options::temperature, &positive}},
              [](const auto& o) { return kd::jensen_shannon(zs, zt, o); }),
          label_loss<"alpha_beta_divergence", reads::teacher, kd::alpha_beta_divergence_options>(
              {{"alpha", &kd::alpha_beta_divergence_options::alpha, &fraction},
               {"beta", &kd::alpha_beta_divergence_options::beta, &fraction},
               {"temperature", &kd::alpha_beta_divergence_options::temperature, &positive}},
              [](const auto& o) { return kd::alpha_beta_divergence(zs, zt, o); })};
}

}  // namespace example
