// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

namespace kd::nn {

/// The extents of one sample at one place of a network: an image, or flat: a row of features.
struct shape {
  int channels = 1;  // or features
  int height = 1;
  int width = 1;
  bool flat = false;

  constexpr std::int64_t size() const { return std::int64_t{channels} * height * width; }
  friend constexpr bool operator==(const shape&, const shape&) = default;
};

/// A network's input: images, in memory (batch, height, width, channel).
template <int Channels, int Height, int Width>
struct image {
  static constexpr shape extents{Channels, Height, Width, false};
};

/// A network's input: rows of features, in memory (batch, feature).
template <int Count>
struct features {
  static constexpr shape extents{Count, 1, 1, true};
};

}  // namespace kd::nn
