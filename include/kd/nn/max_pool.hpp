// SPDX-License-Identifier: MIT
// Maximum over windows.  y(h, w, c) = max over i, j of x(h*s + i, w*s + j, c)
// A window's first largest element gets its gradient. A NaN wins over every number; then the first
// element gets it. Rows and columns that fill no window get gradient 0. With `rectified` the relu
// before it is part of it: max and relu commute.
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/nn/layer.hpp>

namespace kd::nn {
namespace detail {

template <class T>
void max_pool_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, row = p.input.width * channels;
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* image = work.input + sample * p.input.size();
    T* out = work.output + sample * p.output.size();
    for (int h = 0; h < p.output.height; ++h)
      for (int w = 0; w < p.output.width; ++w, out += channels) {
        const T* window = image + h * p.stride * row + w * p.stride * channels;
        std::copy_n(window, channels, out);
        for (int i = 0; i < p.kernel; ++i)
          for (int j = i == 0 ? 1 : 0; j < p.kernel; ++j) {
            const T* in = window + i * row + j * channels;
            for (std::int64_t c = 0; c < channels; ++c)
              out[c] = in[c] > out[c] || in[c] != in[c] ? in[c] : out[c];
          }
        if (p.rectified)
          for (std::int64_t c = 0; c < channels; ++c) out[c] = out[c] < 0 ? T(0) : out[c];
      }
  }
}

/// Moves what is left of a window's gradient to one place of it, in channels with the maximum
/// there.
template <class T>
void take_gradient(std::int64_t channels, const T* __restrict in, const T* __restrict maximum,
                   T* __restrict left, T* __restrict gradient) {
  for (std::int64_t c = 0; c < channels; ++c) {
    const bool below = in[c] < maximum[c];  // false for the maximum, and where it is NaN
    gradient[c] += below ? T(0) : left[c];
    left[c] = below ? left[c] : T(0);
  }
}

template <class T>
void max_pool_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, row = p.input.width * channels;
  std::fill_n(work.input_gradient, work.samples * p.input.size(), T(0));
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* image = work.input + sample * p.input.size();
    const T* out = work.output + sample * p.output.size();
    T* left = work.output_gradient + sample * p.output.size();  // what no element has taken yet
    T* result = work.input_gradient + sample * p.input.size();
    for (int h = 0; h < p.output.height; ++h)
      for (int w = 0; w < p.output.width; ++w, out += channels, left += channels) {
        const std::int64_t window = h * p.stride * row + w * p.stride * channels;
        if (p.rectified)
          for (std::int64_t c = 0; c < channels; ++c) left[c] = out[c] <= 0 ? T(0) : left[c];
        for (int i = 0; i < p.kernel; ++i)
          for (int j = 0; j < p.kernel; ++j) {
            const std::int64_t at = window + i * row + j * channels;
            take_gradient(channels, image + at, out, left, result + at);
          }
      }
  }
}

}  // namespace detail

/// Maximum over square windows; what is left of an odd extent is not read.
template <int Size, int Stride = Size>
struct max_pool {
  static constexpr layer_plan plan(shape input) {
    layer_plan p = detail::window_plan(input, input.channels, Size, Stride, 0);
    p.kind = "max_pool";
    p.fuses_relu = true;
    p.flops = p.output.size() * Size * Size;
    return p;
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::max_pool_forward<T>, .backward = &detail::max_pool_backward<T>};
  }
};

}  // namespace kd::nn
