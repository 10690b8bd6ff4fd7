// SPDX-License-Identifier: MIT
// A fully connected layer.  y(o) = bias(o) + sum over i of x(i) * weight(i, o)
// Weights lie in memory as (input feature, output feature).
#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>

#include <kd/dsl/fixed_string.hpp>
#include <kd/nn/layer.hpp>
#include <kd/nn/product.hpp>

namespace kd::nn {
namespace detail {

// Input features per block of the weights: four tiles of rows with AVX-512.
inline constexpr std::int64_t linear_block = 56;

constexpr std::int64_t linear_blocks(const layer_plan& p) {
  return (p.input.channels + linear_block - 1) / linear_block;
}

template <class T>
void linear_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t in = p.input.channels, out = p.output.channels;
  multiply<T>({.a = work.input,  // (sample, output feature)
               .a_row = in,
               .b = work.parameters,
               .b_row = out,
               .c = work.output,
               .c_row = out,
               .start = work.parameters + p.weights,
               .length = in},
              work.samples, out);
}

template <class T>
void linear_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t in = p.input.channels, out = p.output.channels;
  multiply<T>({.a = work.output_gradient,  // (sample, input feature)
               .a_row = out,
               .b = work.transposed,
               .b_row = in,
               .c = work.input_gradient,
               .c_row = in,
               .length = out},
              work.samples, in);
}

/// The weights of one block of input features; block 0 does the biases too.
template <class T>
void linear_gradient(const layer_plan& p, const layer_work<T>& work, std::int64_t block) {
  const std::int64_t in = p.input.channels, out = p.output.channels, first = block * linear_block;
  multiply<T>({.a = work.input + first,  // (input feature, output feature)
               .a_row = 1,
               .a_step = in,
               .b = work.output_gradient,
               .b_row = out,
               .c = work.parameter_gradient + first * out,
               .c_row = out,
               .length = work.samples},
              std::min(linear_block, in - first), out);
  if (block != 0) return;
  T* biases = work.parameter_gradient + p.weights;
  std::fill_n(biases, out, T(0));
  for (std::int64_t sample = 0; sample < work.samples; ++sample)
    for (std::int64_t o = 0; o < out; ++o) biases[o] += work.output_gradient[sample * out + o];
}

/// The weights as (output feature, input feature), for one block of input features.
template <class T>
void linear_transpose(const layer_plan& p, const layer_work<T>& work, std::int64_t block) {
  const std::int64_t in = p.input.channels, out = p.output.channels, first = block * linear_block;
  const std::int64_t last = std::min(first + linear_block, in);
  for (std::int64_t o = 0; o < out; ++o)
    for (std::int64_t i = first; i < last; ++i)
      work.transposed[o * in + i] = work.parameters[i * out + o];
}

constexpr layer_plan linear_plan(std::string_view name, const shape& input, int features) {
  layer_plan p{.name = name, .kind = "linear", .input = input, .output = {features, 1, 1, true}};
  if (features < 1) p.problem = misfit::bad_number;
  else if (!input.flat) p.problem = misfit::needs_flatten;
  p.fan_in = input.channels;
  p.fan_out = features;
  p.weights = std::int64_t{input.channels} * features;
  p.biases = features;
  p.flops = 2 * p.weights;
  return p;
}

}  // namespace detail

/// A fully connected layer with a bias, named: objectives read its output (batch, feature).
template <fixed_string Name, int Features>
struct linear {
  static constexpr layer_plan plan(shape input) {
    return detail::linear_plan(Name.view(), input, Features);
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::linear_forward<T>,
            .backward = &detail::linear_backward<T>,
            .whole_gradient = &detail::linear_gradient<T>,
            .transpose = &detail::linear_transpose<T>,
            .blocks = &detail::linear_blocks};
  }
};

/// A linear layer with a feature for each class: as many as the data have where a model is made for
/// data (`any_model::of<network>(seed, data)`), else Classes.
template <fixed_string Name, int Classes = 10>
struct classifier : linear<Name, Classes> {
  static constexpr layer_plan plan(shape input, int classes) {
    return detail::linear_plan(Name.view(), input, classes == 0 ? Classes : classes);
  }
};

}  // namespace kd::nn
