// SPDX-License-Identifier: MIT
#include <kd/train/augmentation.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

#include <kd/run/parallel.hpp>
#include "support/catch.hpp"

using kd::train::augmentation;
using kd::train::batch;

namespace {

constexpr std::int64_t height = 5, width = 6, channels = 2, pixels = height * width * channels;

/// Images whose values all differ.
kd::io::labelled_images numbered(std::int64_t count) {
  kd::io::labelled_images set{count, height, width, channels, {}, {}, 1};
  set.pixels.resize(static_cast<std::size_t>(count * pixels));
  std::iota(set.pixels.begin(), set.pixels.end(), 1.f);
  set.labels.assign(static_cast<std::size_t>(count), 0);
  return set;
}

batch batch_of(const std::vector<std::int64_t>& samples, std::uint64_t seed = 1,
               std::int64_t epoch = 0) {
  static const auto set = numbered(400);
  batch b;
  kd::train::take_batch(b, set, samples, 0, std::ssize(samples), seed, epoch);
  return b;
}

std::vector<float> changed(const augmentation& augment, batch b) {
  augment(b);
  return b.images;
}

std::vector<std::int64_t> first(std::int64_t count) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

/// Image i moved down and right, and mirrored before; 0 outside.
std::vector<float> moved(const batch& b, std::int64_t i, std::int64_t down, std::int64_t right,
                         bool mirrored) {
  std::vector<float> to;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      for (std::int64_t c = 0; c < channels; ++c) {
        const std::int64_t row = y - down;
        std::int64_t column = x - right;
        const bool inside = row >= 0 && row < height && column >= 0 && column < width;
        if (mirrored) column = width - 1 - column;
        const std::int64_t at = i * pixels + (row * width + column) * channels + c;
        to.push_back(inside ? b.images[static_cast<std::size_t>(at)] : 0);
      }
  return to;
}

std::vector<float> image(const std::vector<float>& images, std::int64_t i) {
  return {images.begin() + i * pixels, images.begin() + (i + 1) * pixels};
}

}  // namespace

TEST_CASE("augmentation: half of the images are mirrored, and nothing else", "[train]") {
  const batch b = batch_of(first(400));
  const auto all = changed({.flip = true}, b);
  int flipped = 0;
  for (std::int64_t i = 0; i < 400; ++i) {
    const auto now = image(all, i);
    const bool is = now == moved(b, i, 0, 0, true);
    REQUIRE((is || now == image(b.images, i)));
    flipped += is;
  }
  CHECK(flipped > 160);
  CHECK(flipped < 240);
}

TEST_CASE("augmentation: shifts are all those within reach, equally often", "[train]") {
  const batch b = batch_of(first(400));
  const auto all = changed({.shift = 1}, b);
  std::vector<int> seen(9);
  for (std::int64_t i = 0; i < 400; ++i) {
    int matches = 0;
    for (int k = 0; k < 9; ++k)
      if (image(all, i) == moved(b, i, k / 3 - 1, k % 3 - 1, false))
        ++seen[static_cast<std::size_t>(k)], ++matches;
    REQUIRE(matches == 1);
  }
  CHECK(*std::min_element(seen.begin(), seen.end()) > 20);
  CHECK(*std::max_element(seen.begin(), seen.end()) < 80);
}

TEST_CASE("augmentation: a part is made as large as the whole", "[train]") {
  // On an image that rises by 1 per row and 10 per column, a part of share s rises by s and 10 s
  // where it is not held at the edge.
  batch b = batch_of(first(50));
  for (std::int64_t i = 0; i < b.size() * pixels; ++i)
    b.images[static_cast<std::size_t>(i)] =
        static_cast<float>(i % pixels / channels / width + 10 * (i % pixels / channels % width));
  const auto all = changed({.crop_from = 0.5}, b);
  std::set<float> shares;
  float furthest = 0;  // what small parts see of the last corner
  for (std::int64_t i = 0; i < b.size(); ++i) {
    const auto now = image(all, i);
    const auto at = [&](std::int64_t y, std::int64_t x) {
      return now[static_cast<std::size_t>((y * width + x) * channels)];
    };
    const float share = at(3, 2) - at(2, 2);
    shares.insert(share);
    CHECK(share > 0.49f);
    CHECK(share < 1.01f);
    CHECK(std::abs((at(2, 3) - at(2, 2)) / 10 - share) < 1e-5f);
    if (share < 0.75f) furthest = std::max(furthest, at(4, 5));
    CHECK(at(0, 0) >= 0);
    CHECK(at(4, 5) <= 54.0001f);
  }
  CHECK(shares.size() > 40);
  CHECK(furthest > 45);
}

TEST_CASE("augmentation: follows from seed, epoch and sample alone", "[train]") {
  const augmentation augment{.flip = true, .shift = 2, .crop_from = 0.7};
  const auto all = changed(augment, batch_of(first(64), 3, 5));
  CHECK(changed(augment, batch_of(first(64), 4, 5)) != all);
  CHECK(changed(augment, batch_of(first(64), 3, 6)) != all);
  const auto some = changed(augment, batch_of({40, 7}, 3, 5));  // another place, another batch
  CHECK(image(some, 0) == image(all, 40));
  CHECK(image(some, 1) == image(all, 7));
  const int before = kd::threads();
  for (const int threads : {1, 2, 3}) {
    kd::set_threads(threads);
    CHECK(changed(augment, batch_of(first(64), 3, 5)) == all);
  }
  kd::set_threads(before);
}

TEST_CASE("augmentation: a batch says what was done to it; none does nothing", "[train]") {
  batch b = batch_of(first(3));
  const auto before = b.images;
  augmentation{}(b);
  CHECK(b.images == before);
  CHECK(b.augmented.empty());
  const augmentation augment{.flip = true, .shift = 2, .crop_from = 0.8};
  augment(b);
  CHECK(b.augmented == "flip, shift 2, crop from 0.8");
  CHECK_THROWS_WITH(augment(b),
                    "kd: the batch was augmented before (flip, shift 2, crop from 0.8);"
                    " augment it once, by one augmentation with all settings");
}

TEST_CASE("augmentation: settings that cannot be meant", "[train]") {
  batch b = batch_of(first(3));
  CHECK_THROWS_WITH(augmentation{.shift = -1}(b),
                    "kd: augmentation's shift is -1; it must be 0 pixels or more");
  for (const double share : {0.0, -1.0, 1.5})
    CHECK_THROWS_WITH(augmentation{.crop_from = share}(b),
                      Catch::Contains("it must be above 0 and at most 1"));
  CHECK_THROWS_AS(augmentation{.crop_from = std::nan("")}(b), kd::value_error);
}
