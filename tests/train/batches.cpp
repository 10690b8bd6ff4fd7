// SPDX-License-Identifier: MIT
#include <kd/train/batches.hpp>
#include "support/catch.hpp"

TEST_CASE("an epoch's order holds every sample once and depends on seed and epoch") {
  const auto order = kd::train::shuffled(1000, 1, 0);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::int64_t i = 0; i < 1000; ++i) CHECK(sorted[static_cast<std::size_t>(i)] == i);
  CHECK(order == kd::train::shuffled(1000, 1, 0));
  CHECK(order != kd::train::shuffled(1000, 1, 1));
  CHECK(order != kd::train::shuffled(1000, 2, 0));
  CHECK(order != sorted);
}

TEST_CASE("batches hold the samples that the order names; the last may be smaller") {
  const kd::io::labelled_images set{5, 1, 2, 1, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 1, 2, 3, 4}, 5};
  std::vector<std::int64_t> sizes;
  std::vector<int> labels;
  kd::train::for_each_batch(set, {3, 0, 4}, 2, [&](const kd::train::batch& b) {
    sizes.push_back(b.size());
    labels.insert(labels.end(), b.labels.begin(), b.labels.end());
    for (std::size_t i = 0; i < b.labels.size(); ++i) {
      CHECK(b.images[2 * i] == static_cast<float>(2 * b.labels[i]));
      CHECK(b.images[2 * i + 1] == static_cast<float>(2 * b.labels[i] + 1));
    }
  });
  CHECK(sizes == std::vector<std::int64_t>{2, 1});
  CHECK(labels == std::vector<int>{3, 0, 4});
}
