// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/train/logits_of.hpp>

namespace kd::train {

/// The fraction of samples whose largest logit is at their label. Throws shape_error if the network
/// cannot read the set, value_error for an empty set, a label without a logit, or a size below 1.
template <class Model>
double accuracy(Model& model, const io::labelled_images& set, std::int64_t size = 256) {
  const logits_table logits = logits_of(model, set, size);
  std::int64_t right = 0;
  const float* row = logits.values.data();
  for (const int label : set.labels) {
    right += std::max_element(row, row + logits.classes) - row == label;
    row += logits.classes;
  }
  return static_cast<double>(right) / static_cast<double>(set.count);
}

}  // namespace kd::train
