// SPDX-License-Identifier: MIT
// A convolution.
//   y(h, w, o) = bias(o) + sum over i, j, c of x(h*s + i - p, w*s + j - p, c) * weight(i, j, c, o)
// Weights lie in memory as (kernel row, kernel column, input channel, output channel).
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/dsl/fixed_string.hpp>
#include <kd/nn/layer.hpp>
#include <kd/nn/product.hpp>

namespace kd::nn {
namespace detail {

/// How an image is laid out with zeros around and between its pixels.
struct padded_image {
  int height = 0;
  int width = 0;
  int front = 0;   // zeros above and to the left
  int spread = 1;  // from pixel to pixel
};

constexpr padded_image padded_input(const layer_plan& p) {
  return {p.input.height + 2 * p.padding, p.input.width + 2 * p.padding, p.padding, 1};
}
// The input's gradient is a convolution of this with the turned kernel, at stride 1.
constexpr padded_image padded_gradient(const layer_plan& p) {
  return {p.input.height + p.kernel - 1, p.input.width + p.kernel - 1, p.kernel - 1 - p.padding,
          p.stride};
}
constexpr std::int64_t conv_scratch(const layer_plan& p) {
  const padded_image input = padded_input(p), gradient = padded_gradient(p);
  return std::max(std::int64_t{input.height} * input.width * p.input.channels,
                  std::int64_t{gradient.height} * gradient.width * p.output.channels);
}

constexpr std::int64_t conv_places(const layer_plan& p) {
  return std::int64_t{p.kernel} * p.kernel;
}

/// The image with zeros around and between: in `memory`, or the image itself if there are none.
template <class T>
const T* pad(const T* image, const shape& s, const padded_image& to, T* memory) {
  if (to.height == s.height && to.width == s.width) return image;
  const std::int64_t pixel = s.channels, row = to.width * pixel;
  T* out = memory;
  for (int h = 0; h < to.height; ++h, out += row) {
    const int source = h - to.front;
    const bool filled = source >= 0 && source % to.spread == 0 && source / to.spread < s.height;
    if (!filled) {
      std::fill_n(out, row, T(0));
      continue;
    }
    const T* in = image + source / to.spread * s.width * pixel;
    if (to.spread == 1) {
      std::fill_n(out, to.front * pixel, T(0));
      std::copy_n(in, s.width * pixel, out + to.front * pixel);
      std::fill(out + (to.front + s.width) * pixel, out + row, T(0));
    } else {
      std::fill_n(out, row, T(0));
      for (int w = 0; w < s.width; ++w)
        std::copy_n(in + w * pixel, pixel, out + (to.front + w * to.spread) * pixel);
    }
  }
  return memory;
}

template <class T>
void conv_forward(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_input(p);
  const std::int64_t in = p.input.channels, out = p.output.channels, row = padded.width * in;
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* image = pad(work.input + sample * p.input.size(), p.input, padded, work.scratch);
    T* output = work.output + sample * p.output.size();
    for (int h = 0; h < p.output.height; ++h)  // (output column, output channel)
      multiply<T>({.a = image + h * p.stride * row,
                   .a_row = p.stride * in,
                   .a_run = row,
                   .b = work.parameters,
                   .b_row = out,
                   .c = output + h * p.output.width * out,
                   .c_row = out,
                   .start = work.parameters + p.weights,
                   .runs = p.kernel,
                   .length = p.kernel * in},
                  p.output.width, out);
  }
}

template <class T>
void conv_backward(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_gradient(p);
  const std::int64_t in = p.input.channels, out = p.output.channels, row = padded.width * out;
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* gradient =
        pad<T>(work.output_gradient + sample * p.output.size(), p.output, padded, work.scratch);
    T* result = work.input_gradient + sample * p.input.size();
    for (int h = 0; h < p.input.height; ++h)  // (input column, input channel)
      multiply<T>({.a = gradient + h * row,
                   .a_row = out,
                   .a_run = row,
                   .b = work.transposed,
                   .b_row = in,
                   .c = result + h * p.input.width * in,
                   .c_row = in,
                   .runs = p.kernel,
                   .length = p.kernel * out},
                  p.input.width, in);
  }
}

template <class T>
void conv_add_gradient(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_input(p);
  const std::int64_t in = p.input.channels, out = p.output.channels, row = padded.width * in;
  const std::int64_t pixels = p.output.size() / out;
  T* biases = work.parameter_gradient + p.weights;
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* image = pad(work.input + sample * p.input.size(), p.input, padded, work.scratch);
    const T* gradient = work.output_gradient + sample * p.output.size();
    for (int i = 0; i < p.kernel; ++i)  // (kernel column * input channel, output channel)
      multiply_add<T>({.a = image + i * row,
                       .a_row = 1,
                       .a_step = p.stride * in,
                       .a_run = p.stride * row,
                       .b = gradient,
                       .b_row = out,
                       .c = work.parameter_gradient + i * p.kernel * in * out,
                       .c_row = out,
                       .runs = p.output.height,
                       .length = p.output.width},
                      p.kernel * in, out);
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
      for (std::int64_t o = 0; o < out; ++o) biases[o] += gradient[pixel * out + o];
  }
}

/// Turns the kernel and swaps its channels: (row, column, output channel, input channel); a block
/// is one row and column.
template <class T>
void conv_transpose(const layer_plan& p, const layer_work<T>& work, std::int64_t place) {
  const std::int64_t in = p.input.channels, out = p.output.channels;
  const T* from = work.parameters + (conv_places(p) - 1 - place) * in * out;
  T* to = work.transposed + place * in * out;
  for (std::int64_t o = 0; o < out; ++o)
    for (std::int64_t i = 0; i < in; ++i) to[o * in + i] = from[i * out + o];
}

}  // namespace detail

/// A convolution with a bias, named: objectives read its output (batch, channel, height, width).
template <fixed_string Name, int Channels, int Kernel, int Stride = 1, int Padding = Kernel / 2>
struct conv {
  static constexpr layer_plan plan(shape input) {
    layer_plan p = detail::window_plan(input, Channels, Kernel, Stride, Padding);
    p.name = Name.view();
    p.fan_in = Kernel * Kernel * input.channels;
    p.weights = std::int64_t{p.fan_in} * Channels;
    p.biases = Channels;
    return p;
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::conv_forward<T>,
            .backward = &detail::conv_backward<T>,
            .add_gradient = &detail::conv_add_gradient<T>,
            .transpose = &detail::conv_transpose<T>,
            .blocks = &detail::conv_places,
            .scratch = &detail::conv_scratch};
  }
};

}  // namespace kd::nn
