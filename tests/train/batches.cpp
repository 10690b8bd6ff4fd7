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

TEST_CASE("batches refuse what they cannot be cut from") {
  const kd::io::labelled_images set{2, 1, 2, 1, {0, 1, 2, 3}, {0, 1}, 2};
  const auto cut = [](const kd::io::labelled_images& from, std::vector<std::int64_t> order,
                      std::int64_t size) {
    kd::train::for_each_batch(from, order, size, [](const kd::train::batch&) {});
  };
  CHECK_THROWS_AS(cut(set, {0, 1}, 0), kd::value_error);
  CHECK_THROWS_WITH(cut(set, {0, 1}, 0), Catch::Contains("kd: a batch of 0 samples"));
  CHECK_THROWS_WITH(cut(set, {0, 1}, -3), Catch::Contains("kd: a batch of -3 samples"));
  CHECK_THROWS_WITH(cut(set, {0, 2}, 1), Catch::Contains("kd: sample 2 is not in a set of 2"));
  CHECK_THROWS_WITH(cut(set, {-1}, 1), Catch::Contains("kd: sample -1 is not in a set of 2"));
  auto without_pixels = set;
  without_pixels.pixels.pop_back();
  CHECK_THROWS_AS(cut(without_pixels, {0}, 1), kd::shape_error);
  CHECK_THROWS_WITH(cut(without_pixels, {0}, 1), Catch::Contains("holds 3 pixels"));
  auto without_labels = set;
  without_labels.labels.pop_back();
  CHECK_THROWS_WITH(cut(without_labels, {0}, 1), Catch::Contains("and 1 labels"));
  cut(set, {}, 1);
}
