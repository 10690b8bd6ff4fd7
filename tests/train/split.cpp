// SPDX-License-Identifier: MIT
#include <kd/train/split.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "support/catch.hpp"

namespace {

/// Pictures of their own numbers, of 1 x 2 pixels; label i % 4 but for the rare 4.
kd::io::labelled_images numbered(std::int64_t count) {
  kd::io::labelled_images set{count, 1, 2, 1, {}, {}, 5};
  for (std::int64_t i = 0; i < count; ++i) {
    set.pixels.insert(set.pixels.end(), 2, static_cast<float>(i));
    set.labels.push_back(i % 50 == 7 ? 4 : static_cast<int>(i % 4));
  }
  return set;
}

}  // namespace

TEST_CASE("split: each sample in one part, each label's share alike", "[train]") {
  const auto set = numbered(1000);
  const auto [train, validation] = kd::train::split(set, 0.1, 3);
  CHECK(validation.count == 100);
  CHECK(train.count == 900);
  std::vector<float> all;
  for (const auto* part : {&train, &validation}) {
    kd::train::check_set(*part);
    CHECK(part->classes == 5);
    CHECK(std::is_sorted(part->pixels.begin(), part->pixels.end()));
    for (std::int64_t i = 0; i < part->count; ++i) {
      const float number = part->pixels[static_cast<std::size_t>(2 * i)];
      CHECK(part->pixels[static_cast<std::size_t>(2 * i + 1)] == number);
      CHECK(part->labels[static_cast<std::size_t>(i)] ==
            set.labels[static_cast<std::size_t>(number)]);
      all.push_back(number);
    }
  }
  std::sort(all.begin(), all.end());
  CHECK(std::unique(all.begin(), all.end()) == all.end());
  for (int label = 0; label < 5; ++label) {
    const auto of = [&](const auto& s) {
      return std::count(s.labels.begin(), s.labels.end(), label);
    };
    CHECK(std::abs(static_cast<double>(of(validation)) - 0.1 * static_cast<double>(of(set))) <= 1);
  }
}

TEST_CASE("split: the seed decides", "[train]") {
  const auto set = numbered(100);
  const auto pixels = [&](std::uint64_t seed) {
    return kd::train::split(set, 0.2, seed).validation.pixels;
  };
  CHECK(pixels(1) == pixels(1));
  CHECK(pixels(1) != pixels(2));
}

TEST_CASE("split: shares that cannot be meant", "[train]") {
  for (const double share : {0.0, 1.0, -0.5, 2.0})
    CHECK_THROWS_WITH(kd::train::split(numbered(10), share, 1),
                      Catch::Contains("give one between 0 and 1"));
  CHECK_THROWS_WITH(kd::train::split(numbered(3), 0.1, 1),
                    Catch::Contains("kd: a share of 0.1 of 3 samples leaves nothing"));
  CHECK_THROWS_AS(kd::train::subset(numbered(3), std::vector<std::int64_t>{3}), kd::value_error);
}
