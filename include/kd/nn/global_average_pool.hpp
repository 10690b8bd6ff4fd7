// SPDX-License-Identifier: MIT
// Mean over a whole image.  y(c) = mean over h, w of x(h, w, c)
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/nn/layer.hpp>
#include <kd/nn/pad.hpp>

namespace kd::nn {
namespace detail {

template <class T>
void global_average_pool_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.output.channels;
  const T share = static_cast<T>(channels) / static_cast<T>(p.input.size());
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    T* out = work.output + sample * channels;
    std::fill_n(out, channels, T(0));
    add_pixels(p.input, work.input + sample * p.input.size(), out);
    for (std::int64_t c = 0; c < channels; ++c) out[c] *= share;
  }
}

template <class T>
void global_average_pool_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.output.channels, pixels = p.input.size() / channels;
  const T share = static_cast<T>(channels) / static_cast<T>(p.input.size());
  T* in = work.input_gradient;
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* out = work.output_gradient + sample * channels;
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel, in += channels)
      for (std::int64_t c = 0; c < channels; ++c) in[c] = share * out[c];
  }
}

}  // namespace detail

/// The mean of each channel of an image: a row of features, which linear can read.
struct global_average_pool {
  static constexpr layer_plan plan(shape input) {
    return {.kind = "global_average_pool",
            .input = input,
            .output = {input.channels, 1, 1, true},
            .problem = input.flat ? misfit::needs_image : misfit::none,
            .flops = input.size()};
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::global_average_pool_forward<T>,
            .backward = &detail::global_average_pool_backward<T>};
  }
};

}  // namespace kd::nn
