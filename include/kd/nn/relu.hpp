// SPDX-License-Identifier: MIT
// The rectifier.  y = max(x, 0);  dx = dy where x > 0, else 0;  NaN passes through both.
#pragma once
#include <cstdint>

#include <kd/nn/layer.hpp>

namespace kd::nn {
namespace detail {

template <class T>
void relu_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t count = work.samples * p.input.size();
  for (std::int64_t i = 0; i < count; ++i)
    work.output[i] = work.input[i] < 0 ? T(0) : work.input[i];
}

template <class T>
void relu_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t count = work.samples * p.input.size();
  for (std::int64_t i = 0; i < count; ++i)
    work.input_gradient[i] = work.input[i] <= 0 ? T(0) : work.output_gradient[i];
}

}  // namespace detail

/// The rectifier. Before a max_pool it costs nothing: the pool applies it while it reads. The
/// output that an objective reads is the layer's before it, without the rectifier.
struct relu {
  static constexpr layer_plan plan(shape input) {
    return {.kind = "relu",
            .input = input,
            .output = input,
            .in_place = true,
            .rectifies = true,
            .flops = input.size()};
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::relu_forward<T>, .backward = &detail::relu_backward<T>};
  }
};

}  // namespace kd::nn
