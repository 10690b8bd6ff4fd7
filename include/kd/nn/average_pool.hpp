// SPDX-License-Identifier: MIT
// Mean over windows.  y(h, w, c) = mean over i, j of x(h*s + i, w*s + j, c)
// Rows and columns that fill no window get gradient 0.
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/nn/layer.hpp>

namespace kd::nn {
namespace detail {

/// Calls body(window, out) for each window: where its first element lies in the image's memory and
/// where its mean lies in the output's.
template <class Body>
void for_each_window(const layer_plan& p, std::int64_t samples, const Body& body) {
  const std::int64_t channels = p.input.channels, row = p.input.width * channels;
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    std::int64_t out = sample * p.output.size();
    for (int h = 0; h < p.output.height; ++h)
      for (int w = 0; w < p.output.width; ++w, out += channels)
        body(sample * p.input.size() + h * p.stride * row + w * p.stride * channels, out);
  }
}

template <class T>
void average_pool_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, row = p.input.width * channels;
  const T share = T(1) / static_cast<T>(p.kernel * p.kernel);
  for_each_window(p, work.samples, [&](std::int64_t window, std::int64_t at) {
    T* out = work.output + at;
    std::fill_n(out, channels, T(0));
    for (int i = 0; i < p.kernel; ++i)
      for (int j = 0; j < p.kernel; ++j) {
        const T* in = work.input + window + i * row + j * channels;
        for (std::int64_t c = 0; c < channels; ++c) out[c] += in[c];
      }
    for (std::int64_t c = 0; c < channels; ++c) out[c] *= share;
  });
}

template <class T>
void average_pool_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, row = p.input.width * channels;
  const T share = T(1) / static_cast<T>(p.kernel * p.kernel);
  std::fill_n(work.input_gradient, work.samples * p.input.size(), T(0));
  for_each_window(p, work.samples, [&](std::int64_t window, std::int64_t at) {
    const T* out = work.output_gradient + at;
    for (int i = 0; i < p.kernel; ++i)
      for (int j = 0; j < p.kernel; ++j) {
        T* in = work.input_gradient + window + i * row + j * channels;
        for (std::int64_t c = 0; c < channels; ++c) in[c] += share * out[c];
      }
  });
}

}  // namespace detail

/// Mean over square windows; what is left of an odd extent is not read.
template <int Size, int Stride = Size>
struct average_pool {
  static constexpr layer_plan plan(shape input) {
    layer_plan p = detail::window_plan(input, input.channels, Size, Stride, 0);
    p.kind = "average_pool";
    p.flops = p.output.size() * Size * Size;
    return p;
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::average_pool_forward<T>,
            .backward = &detail::average_pool_backward<T>};
  }
};

}  // namespace kd::nn
