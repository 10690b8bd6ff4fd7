// SPDX-License-Identifier: MIT
#pragma once
#include <stdexcept>
#include <vector>

#include <kd/nn/model.hpp>
#include <kd/train/batches.hpp>

namespace kd::train {

/// A teacher's logits on a whole set, computed once and given out batch by batch: in place of the
/// teacher in an objective on networks, for training without augmentation. The layer is the
/// network's last, (batch, classes).
template <class Network, fixed_string Layer = "logits">
class recorded {
 public:
  /// Runs the teacher over the set, `size` samples at a time. Throws shape_error if the network
  /// cannot read the set, value_error for an empty set or a size below 1.
  recorded(nn::model<Network>& teacher, const io::labelled_images& set, std::int64_t size = 256) {
    check_images<Network>(set);
    std::vector<std::int64_t> order(static_cast<std::size_t>(set.count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    all_.reserve(order.size() * width);
    for_each_batch(set, order, size, [&](const batch& b) {
      teacher.forward(b.images.data(), b.size());
      const auto out = teacher.template output<Layer>();
      all_.insert(all_.end(), out.data, out.data + b.size() * width);
    });
  }

  /// Makes the rows of these samples what output() gives. Throws value_error for a sample that was
  /// not recorded.
  void select(const std::vector<std::int64_t>& samples) {
    rows_.clear();
    const std::int64_t count = static_cast<std::int64_t>(all_.size()) / width;
    for (std::int64_t s : samples) {
      detail::check_sample(s, count);
      rows_.insert(rows_.end(), all_.begin() + s * width, all_.begin() + (s + 1) * width);
    }
  }

  /// The layer's output on the selected samples, (batch, classes).
  template <fixed_string Name>
  tensor_view<const float> output() const {
    static_assert(
        Name == Layer,
        "kd: this layer of the teacher was not recorded; record it, or run the teacher itself");
    return tensor(rows_.data(), {static_cast<std::int64_t>(rows_.size()) / width, width});
  }

 private:
  static constexpr nn::shape shape = Network::template output_shape<Layer>();
  static_assert(shape.flat, "kd: only layers with axes (batch, feature) are recorded");
  static constexpr std::int64_t width = shape.channels;
  std::vector<float> all_, rows_;
};

}  // namespace kd::train
