// SPDX-License-Identifier: MIT
// A convolution.
//   y(h, w, o) = bias(o) + sum over i, j, c of x(h*s + i - p, w*s + j - p, c) * weight(i, j, c, o)
// With groups, output channel o of group g reads the input channels of group g only. Weights lie in
// memory as (group, kernel row, kernel column, input channel, output channel), channels within the
// group.
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/dsl/fixed_string.hpp>
#include <kd/nn/layer.hpp>
#include <kd/nn/pad.hpp>
#include <kd/nn/product.hpp>

namespace kd::nn {
namespace detail {

constexpr int input_channels_per_group(const layer_plan& p) { return p.input.channels / p.groups; }
constexpr int output_channels_per_group(const layer_plan& p) {
  return p.output.channels / p.groups;
}
constexpr std::int64_t conv_scratch(const layer_plan& p) {
  const padded_image input = padded_input(p), gradient = padded_gradient(p);
  return std::max(std::int64_t{input.height} * input.width * input_channels_per_group(p),
                  std::int64_t{gradient.height} * gradient.width * output_channels_per_group(p));
}
constexpr std::int64_t conv_group_weights(const layer_plan& p) { return p.weights / p.groups; }
/// A block of transposed weights is one group's kernel row and column.
constexpr std::int64_t conv_places(const layer_plan& p) {
  return std::int64_t{p.groups} * p.kernel * p.kernel;
}

template <class T>
void conv_forward(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_input(p);
  const std::int64_t in = input_channels_per_group(p), out = output_channels_per_group(p);
  const std::int64_t row = padded.width * in, all = p.output.channels;
  for (std::int64_t sample = 0; sample < work.samples; ++sample)
    for (int g = 0; g < p.groups; ++g) {
      const T* image = pad(work.input + sample * p.input.size(), p.input,
                           {.first = g * in, .count = in}, padded, work.scratch);
      T* output = work.output + sample * p.output.size() + g * out;
      for (int h = 0; h < p.output.height; ++h)  // (output column, output channel)
        multiply<T>({.a = image + h * p.stride * row,
                     .a_row = p.stride * in,
                     .a_run = row,
                     .b = work.parameters + g * conv_group_weights(p),
                     .b_row = out,
                     .c = output + h * p.output.width * all,
                     .c_row = all,
                     .start = work.parameters + p.weights + g * out,
                     .runs = p.kernel,
                     .length = p.kernel * in},
                    p.output.width, out);
    }
}

template <class T>
void conv_backward(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_gradient(p);
  const std::int64_t in = input_channels_per_group(p), out = output_channels_per_group(p);
  const std::int64_t row = padded.width * out, all = p.input.channels;
  for (std::int64_t sample = 0; sample < work.samples; ++sample)
    for (int g = 0; g < p.groups; ++g) {
      const T* gradient = pad<T>(work.output_gradient + sample * p.output.size(), p.output,
                                 {.first = g * out, .count = out}, padded, work.scratch);
      T* result = work.input_gradient + sample * p.input.size() + g * in;
      for (int h = 0; h < p.input.height; ++h)  // (input column, input channel)
        multiply<T>({.a = gradient + h * row,
                     .a_row = out,
                     .a_run = row,
                     .b = work.transposed + g * conv_group_weights(p),
                     .b_row = in,
                     .c = result + h * p.input.width * all,
                     .c_row = all,
                     .runs = p.kernel,
                     .length = p.kernel * out},
                    p.input.width, in);
    }
}

template <class T>
void conv_add_gradient(const layer_plan& p, const layer_work<T>& work) {
  const padded_image padded = padded_input(p);
  const std::int64_t in = input_channels_per_group(p), out = output_channels_per_group(p);
  const std::int64_t row = padded.width * in, all = p.output.channels;
  for (std::int64_t sample = 0; sample < work.samples; ++sample) {
    const T* gradient = work.output_gradient + sample * p.output.size();
    for (int g = 0; g < p.groups; ++g) {
      const T* image = pad(work.input + sample * p.input.size(), p.input,
                           {.first = g * in, .count = in}, padded, work.scratch);
      for (int i = 0; i < p.kernel; ++i)  // (kernel column * input channel, output channel)
        multiply_add<T>(
            {.a = image + i * row,
             .a_row = 1,
             .a_step = p.stride * in,
             .a_run = p.stride * row,
             .b = gradient + g * out,
             .b_row = all,
             .c = work.parameter_gradient + g * conv_group_weights(p) + i * p.kernel * in * out,
             .c_row = out,
             .runs = p.output.height,
             .length = p.output.width},
            p.kernel * in, out);
    }
    add_pixels(p.output, gradient, work.parameter_gradient + p.weights);
  }
}

/// Turns a group's kernel and swaps its channels: (row, column, output channel, input channel).
template <class T>
void conv_transpose(const layer_plan& p, const layer_work<T>& work, std::int64_t block) {
  const std::int64_t in = input_channels_per_group(p), out = output_channels_per_group(p);
  const std::int64_t places = std::int64_t{p.kernel} * p.kernel;
  const std::int64_t group = block / places, place = block % places;
  const T* from = work.parameters + (group * places + places - 1 - place) * in * out;
  T* to = work.transposed + block * in * out;
  for (std::int64_t o = 0; o < out; ++o)
    for (std::int64_t i = 0; i < in; ++i) to[o * in + i] = from[i * out + o];
}

}  // namespace detail

/// A convolution with a bias, named: objectives read its output (batch, channel, height, width).
/// Groups divides the channels of input and output; for one channel per group, depthwise_conv.
template <fixed_string Name, int Channels, int Kernel, int Stride = 1, int Padding = Kernel / 2,
          int Groups = 1>
struct conv {
  static constexpr layer_plan plan(shape input) {
    layer_plan p = detail::window_plan(input, Channels, Kernel, Stride, Padding);
    p.name = Name.view();
    p.kind = "conv";
    if (p.problem != misfit::none) return p;
    if (Groups < 1 || input.channels % Groups != 0 || Channels % Groups != 0) {
      p.problem = misfit::bad_groups;
      return p;
    }
    p.groups = Groups;
    p.fan_in = Kernel * Kernel * (input.channels / Groups);
    p.fan_out = Kernel * Kernel * (Channels / Groups);
    p.weights = std::int64_t{p.fan_in} * Channels;
    p.biases = Channels;
    p.flops = 2 * p.fan_in * p.output.size();
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
