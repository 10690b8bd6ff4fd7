// SPDX-License-Identifier: MIT
// Images with zeros around and between their pixels, so that convolutions have no borders.
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/nn/layer.hpp>

namespace kd::nn::detail {

/// How an image is laid out with zeros around and between its pixels.
struct padded_image {
  int height = 0;
  int width = 0;
  int front = 0;   // zeros above and to the left
  int spread = 1;  // from pixel to pixel
};

/// Neighbouring channels of an image.
struct channel_range {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

constexpr padded_image padded_input(const layer_plan& p) {
  return {p.input.height + 2 * p.padding, p.input.width + 2 * p.padding, p.padding, 1};
}
// The input's gradient is a convolution of this with the turned kernel, at stride 1.
constexpr padded_image padded_gradient(const layer_plan& p) {
  return {p.input.height + p.kernel - 1, p.input.width + p.kernel - 1, p.kernel - 1 - p.padding,
          p.stride};
}

/// Some channels of an image with zeros around and between: in `memory`, or the image itself if it
/// is that already.
template <class T>
const T* pad(const T* image, const shape& s, const channel_range& channels, const padded_image& to,
             T* memory) {
  const std::int64_t all = s.channels, pixel = channels.count, row = to.width * pixel;
  if (to.height == s.height && to.width == s.width && pixel == all) return image;
  T* out = memory;
  for (int h = 0; h < to.height; ++h, out += row) {
    const int source = h - to.front;
    const bool filled = source >= 0 && source % to.spread == 0 && source / to.spread < s.height;
    if (!filled) {
      std::fill_n(out, row, T(0));
      continue;
    }
    const T* in = image + source / to.spread * s.width * all + channels.first;
    if (to.spread == 1 && pixel == all) {
      std::fill_n(out, to.front * pixel, T(0));
      std::copy_n(in, s.width * pixel, out + to.front * pixel);
      std::fill(out + (to.front + s.width) * pixel, out + row, T(0));
    } else {
      std::fill_n(out, row, T(0));
      for (int w = 0; w < s.width; ++w)
        std::copy_n(in + w * all, pixel, out + (to.front + w * to.spread) * pixel);
    }
  }
  return memory;
}

/// Adds all pixels of an image to one: the gradient of biases.
template <class T>
void add_pixels(const shape& s, const T* image, T* sums) {
  const std::int64_t channels = s.channels, pixels = std::int64_t{s.height} * s.width;
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
    for (std::int64_t c = 0; c < channels; ++c) sums[c] += image[pixel * channels + c];
}

}  // namespace kd::nn::detail
