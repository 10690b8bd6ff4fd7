// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include <kd/train/batches.hpp>
#include <kd/train/check_set.hpp>

namespace kd::train {

/// The fraction of samples whose largest logit is at their label. Throws shape_error if the network
/// cannot read the set, value_error for an empty set, a label without a logit, or a size below 1.
template <class Model>
double accuracy(Model& model, const io::labelled_images& set, std::int64_t size = 256) {
  check_images(set, model.input());
  check_labels(set, model.output_shape("logits").channels);
  std::vector<std::int64_t> order(static_cast<std::size_t>(set.count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::int64_t right = 0;
  for_each_batch(set, order, size, [&](const batch& b) {
    model.forward(b.images.data(), b.size());
    const auto logits = model.output("logits");
    for (std::int64_t i = 0; i < b.size(); ++i) {
      const float* row = logits.data + i * logits.strides[0];
      right += std::max_element(row, row + logits.extents[1]) - row ==
               b.labels[static_cast<std::size_t>(i)];
    }
  });
  return static_cast<double>(right) / static_cast<double>(set.count);
}

}  // namespace kd::train
