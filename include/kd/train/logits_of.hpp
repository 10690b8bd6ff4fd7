// SPDX-License-Identifier: MIT
// What a model says about a whole set.
#pragma once
#include <cstdint>
#include <numeric>
#include <vector>

#include <kd/tensor.hpp>
#include <kd/train/batches.hpp>
#include <kd/train/check_set.hpp>

namespace kd::train {

/// Logits that are kept.
struct logits_table {
  std::int64_t count = 0, classes = 0;
  std::vector<float> values;  // (count, classes)

  tensor_view<const float> view() const { return tensor(values.data(), {count, classes}); }
};

/// Runs a model over a set, `size` samples at a time: its logits in the set's order. Throws
/// shape_error if the network cannot read the set, value_error for an empty set, a label without a
/// logit, or a size below 1.
template <class Model>
logits_table logits_of(Model& model, const io::labelled_images& set, std::int64_t size = 256) {
  check_images(set, model.input());
  check_labels(set, model.output_shape("logits").channels);
  std::vector<std::int64_t> order(static_cast<std::size_t>(set.count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  logits_table table{set.count, model.output_shape("logits").channels, {}};
  table.values.reserve(static_cast<std::size_t>(table.count * table.classes));
  for_each_batch(set, order, size, [&](const batch& b) {
    model.forward(b.images.data(), b.size());
    const auto out = model.output("logits");
    table.values.insert(table.values.end(), out.data, out.data + b.size() * table.classes);
  });
  return table;
}

}  // namespace kd::train
