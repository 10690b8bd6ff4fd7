// SPDX-License-Identifier: MIT
// Hinton's objective, and a temperature on one side.
#include "label_loss.hpp"

namespace example {

std::vector<loss> transformed_losses() {
  return {
      label_loss<"soft_targets", reads::both, kd::soft_targets_options>(
          {{"temperature", &kd::soft_targets_options::temperature, &positive},
           {"alpha", &kd::soft_targets_options::alpha, &fraction}},
          [](const auto& o) { return kd::soft_targets(zs, zt, y, o); }),
      label_loss<"transformed_teacher", reads::teacher, kd::transformed_teacher_options>(
          {{"temperature", &kd::transformed_teacher_options::temperature, &positive}},
          [](const auto& o) { return kd::transformed_teacher(zs, zt, o); }),
      label_loss<"weighted_transformed_teacher", reads::teacher, kd::transformed_teacher_options>(
          {{"temperature", &kd::transformed_teacher_options::temperature, &positive}},
          [](const auto& o) { return kd::weighted_transformed_teacher(zs, zt, o); })};
}

}  // namespace example
