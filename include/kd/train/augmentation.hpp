// SPDX-License-Identifier: MIT
// Images that are changed a little each time they are seen, so that a network does not learn them
// by heart. How follows from seed, epoch and the sample's number, whatever batch and threads are.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/nn/random.hpp>
#include <kd/run/parallel.hpp>
#include <kd/schedule/shortest.hpp>
#include <kd/train/batches.hpp>

namespace kd::train {
namespace detail {

/// Where a row or column of a changed image comes from: between two of the image's.
struct tap {
  std::int64_t first = 0, second = 0;
  float weight = 0;  // of the second
  bool outside = false;
};

struct axis_change {
  double share = 1, begin = 0;  // of the extent: the part that is seen
  bool mirrored = false;
  std::int64_t shift = 0;  // pixels
};

/// Of `extent` rows: the part that is seen, made as large as the whole, mirrored, shifted.
inline std::vector<tap> taps_of(std::int64_t extent, const axis_change& c) {
  std::vector<tap> taps(static_cast<std::size_t>(extent));
  const double last = static_cast<double>(extent - 1);
  for (std::int64_t i = 0; i < extent; ++i) {
    tap& t = taps[static_cast<std::size_t>(i)];
    std::int64_t from = i - c.shift;
    t.outside = from < 0 || from >= extent;
    if (c.mirrored) from = extent - 1 - from;
    const double middle =
        (static_cast<double>(from) + 0.5) * c.share - 0.5 + c.begin * static_cast<double>(extent);
    const double place = std::clamp(middle, 0.0, last), whole = std::floor(place);
    t.first = static_cast<std::int64_t>(whole);
    t.second = std::min(t.first + 1, extent - 1);
    t.weight = static_cast<float>(place - whole);
  }
  return taps;
}

inline void resample(const batch& b, const float* from, float* to, const std::vector<tap>& rows,
                     const std::vector<tap>& columns) {
  const std::int64_t channels = b.channels, row_size = b.width * channels;
  for (const tap& y : rows)
    for (const tap& x : columns)
      for (std::int64_t c = 0; c < channels; ++c) {
        const auto across = [&](std::int64_t row) {
          const float *at = from + row * row_size + c, left = at[x.first * channels];
          return x.weight == 0 ? left : left + x.weight * (at[x.second * channels] - left);
        };
        const float above = across(y.first);
        *to++ = y.outside || x.outside ? 0.f
                : y.weight == 0        ? above
                                       : above + y.weight * (across(y.second) - above);
      }
}

}  // namespace detail

/// How images are changed, one after the other: a part of the image is made as large as the whole,
/// is mirrored, and is shifted. `augment(batch)` does it in place.
struct augmentation {
  bool flip = false;     // left and right of every second image
  int shift = 0;         // at most so many pixels along both axes, 0 or more; 0s move in
  double crop_from = 1;  // the smallest part's share of height and width, in (0, 1]

  /// Whether images stay as they are.
  bool none() const { return !flip && shift == 0 && crop_from == 1; }

  /// "flip, shift 2, crop from 0.8"; empty for none.
  std::string text() const {
    std::string all;
    const auto add = [&](const std::string& part) { all += (all.empty() ? "" : ", ") + part; };
    if (flip) add("flip");
    if (shift != 0) add("shift " + std::to_string(shift));
    if (crop_from != 1) add("crop from " + kd::detail::shortest(crop_from));
    return all;
  }

  /// Changes the images of a batch, which then says so. Throws value_error for a setting out of
  /// range, and for images that were changed before.
  void operator()(batch& b) const {
    check(b);
    if (none()) return;
    const std::uint64_t key =
        nn::random_bits(~b.seed, static_cast<std::uint64_t>(b.epoch), 0);  // not the order's
    std::vector<float> changed(b.images.size());
    kd::detail::parallel_for(b.size(), [&](std::int64_t i) {
      const auto sample = static_cast<std::uint64_t>(b.indices[static_cast<std::size_t>(i)]);
      const auto random = [&](std::uint64_t k) { return nn::random_uniform(key, sample, k); };
      const auto shift_of = [&](std::uint64_t k) {
        return static_cast<std::int64_t>(random(k) * (2 * shift + 1)) - shift;
      };
      const double share = crop_from + (1 - crop_from) * random(0);
      const detail::axis_change vertical{share, random(1) * (1 - share), false, shift_of(2)};
      const detail::axis_change horizontal{share, random(3) * (1 - share), flip && random(4) < 0.5,
                                           shift_of(5)};
      const std::int64_t begin = i * b.image_size();
      detail::resample(b, b.images.data() + begin, changed.data() + begin,
                       detail::taps_of(b.height, vertical), detail::taps_of(b.width, horizontal));
    });
    b.images.swap(changed);
    b.augmented = text();
  }

 private:
  void check(const batch& b) const {
    if (shift < 0)
      throw value_error("kd: augmentation's shift is " + std::to_string(shift) +
                        "; it must be 0 pixels or more");
    if (!(crop_from > 0 && crop_from <= 1))
      throw value_error("kd: augmentation's crop_from is " + kd::detail::shortest(crop_from) +
                        "; it must be above 0 and at most 1");
    if (!b.augmented.empty())
      throw value_error("kd: the batch was augmented before (" + b.augmented +
                        "); augment it once, by one augmentation with all settings");
  }
};

}  // namespace kd::train
