// SPDX-License-Identifier: MIT
// The rectifier.  y = max(x, 0);  dx = dy where x > 0, else 0;  NaN passes through both.
#pragma once
#include <cstdint>

#include <kd/nn/layer.hpp>
#include <kd/nn/packs.hpp>

namespace kd::nn {
namespace detail {

template <class T>
void rectify(T* x, std::int64_t count) {
  change_packs(x, x, count, [](auto value, auto) {
    const decltype(value) zero(0);
    return select(zero > value, zero, value);
  });
}
/// The gradient's part that passes; x may be rectified already.
template <class T>
void rectify_gradient(const T* x, T* gradient, std::int64_t count) {
  change_packs(x, gradient, count, [](auto value, auto slope) {
    const decltype(value) zero(0);
    return select(zero >= value, zero, slope);
  });
}

template <class T>
void relu_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t count = work.samples * p.input.size();
  for (std::int64_t i = 0; i < count; ++i)
    work.output[i] = work.input[i] < 0 ? T(0) : work.input[i];
}

template <class T>
void relu_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t count = work.samples * p.input.size();
  copy_unless_same(work.output_gradient, count, work.input_gradient);
  rectify_gradient(work.input, work.input_gradient, count);
}

}  // namespace detail

/// The rectifier. Before a max_pool it costs nothing, because the pool applies it while it reads;
/// behind a batch_norm or a residual it works in place. The output of a named layer that an
/// objective reads is the layer's before it, without the rectifier.
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
