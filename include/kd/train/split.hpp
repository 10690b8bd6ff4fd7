// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <kd/schedule/shortest.hpp>
#include <kd/train/batches.hpp>

namespace kd::train {

struct split_images {
  io::labelled_images train, validation;
};

/// These samples of a set, in this order. Throws shape_error for a set whose sizes disagree,
/// value_error for a sample that it lacks.
inline io::labelled_images subset(const io::labelled_images& set,
                                  std::span<const std::int64_t> samples) {
  check_set(set);
  io::labelled_images part{std::ssize(samples), set.height, set.width, set.channels, {}, {},
                           set.classes};
  const std::int64_t size = set.height * set.width * set.channels;
  part.pixels.reserve(samples.size() * static_cast<std::size_t>(size));
  for (const std::int64_t sample : samples) {
    detail::check_sample(sample, set.count);
    const auto first = set.pixels.begin() + sample * size;
    part.pixels.insert(part.pixels.end(), first, first + size);
    part.labels.push_back(set.labels[static_cast<std::size_t>(sample)]);
  }
  return part;
}

/// Puts a share of a set aside, of each label alike, for validation; both keep the set's order, and
/// the seed decides who goes where. Throws value_error for a share outside (0, 1) or one that
/// leaves either empty.
inline split_images split(const io::labelled_images& set, double share, std::uint64_t seed) {
  check_set(set);
  if (!(share > 0 && share < 1))
    throw value_error("kd: a share of " + kd::detail::shortest(share) +
                      " of a set cannot be put aside; give one between 0 and 1");
  // Shuffled, then by label; every so-manieth goes: the counts of each label are off by 1 at most.
  std::vector<std::int64_t> order = shuffled(set.count, seed, -1);
  const auto label = [&](std::int64_t i) { return set.labels[static_cast<std::size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int64_t a, std::int64_t b) { return label(a) < label(b); });
  std::vector<std::int64_t> train, validation;
  for (std::int64_t i = 0; i < set.count; ++i) {
    const auto before = [&](std::int64_t n) {
      return std::floor(share * static_cast<double>(n) + 0.5);
    };
    (before(i + 1) > before(i) ? validation : train).push_back(order[static_cast<std::size_t>(i)]);
  }
  if (train.empty() || validation.empty())
    throw value_error("kd: a share of " + kd::detail::shortest(share) + " of " +
                      std::to_string(set.count) +
                      " samples leaves nothing to train on or nothing to validate on; give another "
                      "share or more samples");
  std::ranges::sort(train);
  std::ranges::sort(validation);
  return {subset(set, train), subset(set, validation)};
}

}  // namespace kd::train
