// SPDX-License-Identifier: MIT
// Batches in an order that depends on seed and epoch only: the same for every model that trains on
// them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string>
#include <vector>

#include <kd/nn/random.hpp>
#include <kd/nn/training.hpp>
#include <kd/train/check_set.hpp>

namespace kd::train {

/// The numbers 0 .. count-1 in the order of an epoch (Fisher-Yates, keyed by seed and epoch).
inline std::vector<std::int64_t> shuffled(std::int64_t count, std::uint64_t seed,
                                          std::int64_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::int64_t i = count - 1; i > 0; --i) {
    const std::uint64_t bits =
        nn::random_bits(seed, static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(i));
    std::swap(order[static_cast<std::size_t>(i)], order[bits % static_cast<std::uint64_t>(i + 1)]);
  }
  return order;
}

/// Some samples of a set, copied together.
struct batch {
  std::vector<std::int64_t> indices;                 // into the set
  std::vector<float> images;                         // (batch, height, width, channel)
  std::vector<int> labels;                           // (batch)
  std::int64_t height = 0, width = 0, channels = 0;  // of an image
  std::uint64_t seed = 0;                            // of the training; fit sets both
  std::int64_t epoch = 0;
  std::string augmented;  // how the images were changed; empty: they are the set's

  std::int64_t size() const { return static_cast<std::int64_t>(indices.size()); }
  /// The values of one image.
  std::int64_t image_size() const { return height * width * channels; }
  /// For a forward in training: model.forward(b.images.data(), b.size(), b.training()).
  nn::training training() const { return {seed, epoch, indices}; }
};

namespace detail {
inline void check_batch_size(std::int64_t size) {
  if (size < 1)
    throw value_error("kd: a batch of " + std::to_string(size) +
                      " samples would never end; batches have 1 sample or more");
}
}  // namespace detail

/// Makes b the `size` samples of `order` from its place `begin` on, or those that are left. Throws
/// value_error for a sample that the set lacks.
inline void take_batch(batch& b, const io::labelled_images& set,
                       const std::vector<std::int64_t>& order, std::int64_t begin,
                       std::int64_t size, std::uint64_t seed = 0, std::int64_t epoch = 0) {
  const auto first = order.begin() + begin;
  b.indices.assign(first, first + std::min(size, order.end() - first));
  b.height = set.height, b.width = set.width, b.channels = set.channels;
  b.seed = seed, b.epoch = epoch;
  b.augmented.clear();
  b.images.resize(static_cast<std::size_t>(b.size() * b.image_size()));
  b.labels.resize(b.indices.size());
  auto to = b.images.begin();
  for (std::size_t i = 0; i < b.indices.size(); ++i) {
    detail::check_sample(b.indices[i], set.count);
    to = std::copy_n(set.pixels.begin() + b.indices[i] * b.image_size(), b.image_size(), to);
    b.labels[i] = set.labels[static_cast<std::size_t>(b.indices[i])];
  }
}

/// Calls use(batch&) for consecutive pieces of `order`, the last of which may be smaller. Throws
/// value_error for a size below 1 or a sample that the set lacks, shape_error for a set whose sizes
/// disagree.
template <class Use>
void for_each_batch(const io::labelled_images& set, const std::vector<std::int64_t>& order,
                    std::int64_t size, Use use) {
  check_set(set);
  detail::check_batch_size(size);
  for (std::int64_t sample : order) detail::check_sample(sample, set.count);
  batch b;
  for (std::int64_t begin = 0; begin < std::ssize(order); begin += b.size()) {
    take_batch(b, set, order, begin, size);
    use(b);
  }
}

}  // namespace kd::train
