// SPDX-License-Identifier: MIT
// Batches in an order that depends on seed and epoch only: the same for every model that trains on
// them.
#pragma once
#include <algorithm>
#include <cstdint>
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
  std::vector<std::int64_t> indices;  // into the set
  std::vector<float> images;          // (batch, height, width, channel)
  std::vector<int> labels;            // (batch)
  std::uint64_t seed = 0;             // of the training; fit sets both
  std::int64_t epoch = 0;

  std::int64_t size() const { return static_cast<std::int64_t>(indices.size()); }
  /// For a forward in training: model.forward(b.images.data(), b.size(), b.training()).
  nn::training training() const { return {seed, epoch, indices}; }
};

/// Calls use(batch&) for consecutive pieces of `order`, the last of which may be smaller. Throws
/// value_error for a size below 1 or a sample that the set lacks, shape_error for a set whose sizes
/// disagree.
template <class Use>
void for_each_batch(const io::labelled_images& set, const std::vector<std::int64_t>& order,
                    std::int64_t size, Use use) {
  check_set(set);
  if (size < 1)
    throw value_error("kd: a batch of " + std::to_string(size) +
                      " samples would never end; batches have 1 sample or more");
  for (std::int64_t sample : order) detail::check_sample(sample, set.count);
  const std::size_t pixels = static_cast<std::size_t>(set.height * set.width * set.channels);
  batch b;
  for (std::size_t begin = 0; begin < order.size(); begin += static_cast<std::size_t>(size)) {
    const std::size_t end = std::min(order.size(), begin + static_cast<std::size_t>(size));
    b.indices.assign(order.begin() + static_cast<std::ptrdiff_t>(begin),
                     order.begin() + static_cast<std::ptrdiff_t>(end));
    b.images.resize(b.indices.size() * pixels);
    b.labels.resize(b.indices.size());
    for (std::size_t i = 0; i < b.indices.size(); ++i) {
      const std::size_t sample = static_cast<std::size_t>(b.indices[i]);
      std::copy_n(set.pixels.begin() + static_cast<std::ptrdiff_t>(sample * pixels), pixels,
                  b.images.begin() + static_cast<std::ptrdiff_t>(i * pixels));
      b.labels[i] = set.labels[sample];
    }
    use(b);
  }
}

}  // namespace kd::train
