// SPDX-License-Identifier: MIT
// A convolution of each channel by itself.
//   y(h, w, c) = bias(c) + sum over i, j of x(h*s + i - p, w*s + j - p, c) * weight(i, j, c)
// Weights lie in memory as (kernel row, kernel column, channel). A product of matrices would have
// one column; here the lanes of a vector are channels, and a weight is loaded for four columns.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <kd/dsl/fixed_string.hpp>
#include <kd/nn/lanes.hpp>
#include <kd/nn/layer.hpp>
#include <kd/nn/pad.hpp>

namespace kd::nn {
namespace detail {

constexpr std::int64_t depthwise_scratch(const layer_plan& p) {
  const padded_image input = padded_input(p), gradient = padded_gradient(p);
  return std::max(std::int64_t{input.height} * input.width,
                  std::int64_t{gradient.height} * gradient.width) *
         p.input.channels;
}

/// Slides a kernel over an image that is padded already.
template <class T>
struct depthwise_pass {
  const T* image = nullptr;
  std::int64_t image_width = 0;
  int stride = 1;
  const T* weights = nullptr;
  const T* start = nullptr;  // (channel), or null for zeros
  int kernel = 1;
  bool turned = false;  // the kernel is read from its end
  T* result = nullptr;
  int height = 0, width = 0;
  std::int64_t channels = 0;
};

/// `Columns` neighbouring pixels of the result, `Lanes` channels of them.
template <class T, int Lanes, int Columns>
void depthwise_pixels(const depthwise_pass<T>& p, int h, int w, std::int64_t c) {
  using vector = detail::vector<T, Lanes>;
  vector sums[std::size_t{Columns}];
  vector start{};
  if (p.start) __builtin_memcpy(&start, p.start + c, sizeof(vector));
  for (vector& sum : sums) sum = start;
  const std::int64_t step = p.turned ? -p.channels : p.channels, pixel = p.stride * p.channels;
  const T* weight = p.weights + c;
  if (p.turned) weight += (std::int64_t{p.kernel} * p.kernel - 1) * p.channels;
  const T* row = p.image + (h * p.stride * p.image_width + w * p.stride) * p.channels + c;
  for (int i = 0; i < p.kernel; ++i, row += p.image_width * p.channels)
    for (int j = 0; j < p.kernel; ++j, weight += step) {
      vector factor;
      __builtin_memcpy(&factor, weight, sizeof(vector));
#pragma GCC unroll 4
      for (int k = 0; k < Columns; ++k) {
        vector x;
        __builtin_memcpy(&x, row + j * p.channels + k * pixel, sizeof(vector));
        sums[k] += x * factor;
      }
    }
  T* result = p.result + (std::int64_t{h} * p.width + w) * p.channels + c;
  for (int k = 0; k < Columns; ++k)
    __builtin_memcpy(result + k * p.channels, &sums[k], sizeof(vector));
}

template <class T>
void slide(const depthwise_pass<T>& p) {
  for (int h = 0; h < p.height; ++h)
    for_each_vector<T, lanes<T>>(p.channels, [&]<int Lanes>(std::int64_t c) {
      int w = 0;
      for (; w + 4 <= p.width; w += 4) depthwise_pixels<T, Lanes, 4>(p, h, w, c);
      for (; w < p.width; ++w) depthwise_pixels<T, Lanes, 1>(p, h, w, c);
    });
}

template <class T>
void depthwise_forward(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_input(p);
  const channel_range all{0, p.input.channels};
  for (std::int64_t sample = 0; sample < work.samples; ++sample)
    slide<T>(
        {.image = pad(work.input + sample * p.input.size(), p.input, all, padded, work.scratch),
         .image_width = padded.width,
         .stride = p.stride,
         .weights = work.parameters,
         .start = work.parameters + p.weights,
         .kernel = p.kernel,
         .result = work.output + sample * p.output.size(),
         .height = p.output.height,
         .width = p.output.width,
         .channels = all.count});
}

template <class T>
void depthwise_backward(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_gradient(p);
  const channel_range all{0, p.input.channels};
  for (std::int64_t sample = 0; sample < work.samples; ++sample)
    slide<T>({.image = pad<T>(work.output_gradient + sample * p.output.size(), p.output, all,
                              padded, work.scratch),
              .image_width = padded.width,
              .weights = work.parameters,
              .kernel = p.kernel,
              .turned = true,
              .result = work.input_gradient + sample * p.input.size(),
              .height = p.input.height,
              .width = p.input.width,
              .channels = all.count});
}

/// Adds the gradient of one weight, for `Lanes` channels, from a padded image.
template <class T, int Lanes>
void depthwise_add_weight(const layer_plan& p, const T* image, std::int64_t image_row,
                          const T* gradient, T* result) {
  using vector = detail::vector<T, Lanes>;
  vector sums[4]{};  // one chain of additions would wait for each
  const std::int64_t pixel = p.input.channels, step = p.stride * pixel;
  for (int h = 0; h < p.output.height; ++h, image += p.stride * image_row) {
    const T* in = image;
    const auto add = [&](vector& sum) {
      vector x, g;
      __builtin_memcpy(&x, in, sizeof(vector));
      __builtin_memcpy(&g, gradient, sizeof(vector));
      sum += x * g;
      in += step;
      gradient += pixel;
    };
    int w = 0;
    for (; w + 4 <= p.output.width; w += 4)
#pragma GCC unroll 4
      for (int k = 0; k < 4; ++k) add(sums[k]);
    for (; w < p.output.width; ++w) add(sums[0]);
  }
  vector sum;
  __builtin_memcpy(&sum, result, sizeof(vector));
  sum += (sums[0] + sums[1]) + (sums[2] + sums[3]);
  __builtin_memcpy(result, &sum, sizeof(vector));
}

template <class T>
void depthwise_add_gradient(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_input(p);
  const channel_range all{0, p.input.channels};
  const std::int64_t row = padded.width * all.count;
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* gradient = work.output_gradient + sample * p.output.size();
    const T* image = pad(work.input + sample * p.input.size(), p.input, all, padded, work.scratch);
    for_each_vector<T, lanes<T>>(all.count, [&]<int Lanes>(std::int64_t c) {
      for (int i = 0; i < p.kernel; ++i)
        for (int j = 0; j < p.kernel; ++j)
          depthwise_add_weight<T, Lanes>(
              p, image + i * row + j * all.count + c, row, gradient + c,
              work.parameter_gradient + (i * p.kernel + j) * all.count + c);
    });
    add_pixels(p.output, gradient, work.parameter_gradient + p.weights);
  }
}

}  // namespace detail

/// A convolution with a bias whose channels do not mix, named: objectives read its output
/// (batch, channel, height, width).
template <fixed_string Name, int Kernel, int Stride = 1, int Padding = Kernel / 2>
struct depthwise_conv {
  static constexpr layer_plan plan(shape input) {
    layer_plan p = detail::window_plan(input, input.channels, Kernel, Stride, Padding);
    p.name = Name.view();
    p.kind = "depthwise_conv";
    if (p.problem != misfit::none) return p;
    p.fan_in = p.fan_out = Kernel * Kernel;
    p.groups = input.channels;
    p.weights = std::int64_t{p.fan_in} * input.channels;
    p.biases = input.channels;
    p.flops = 2 * p.fan_in * p.output.size();
    return p;
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::depthwise_forward<T>,
            .backward = &detail::depthwise_backward<T>,
            .add_gradient = &detail::depthwise_add_gradient<T>,
            .scratch = &detail::depthwise_scratch};
  }
};

}  // namespace kd::nn
