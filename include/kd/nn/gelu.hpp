// SPDX-License-Identifier: MIT
// y = x * Phi(x),  dx = dy * (Phi(x) + x * phi(x)),  with the normal distribution
//   Phi(x) = (1 + erf(x / sqrt 2)) / 2  and its density phi
// Hendrycks, Gimpel. Gaussian Error Linear Units. arXiv:1606.08415, without its approximations.
#pragma once
#include <cmath>
#include <cstdint>

#include <kd/nn/layer.hpp>
#include <kd/nn/packs.hpp>
#include <kd/run/simd_math.hpp>

namespace kd::nn {
namespace detail {

/// Phi and phi of one pack of numbers.
template <class Pack>
struct normal_distribution {
  Pack below, density;
};

/// The density has the exponential that the tail of Phi needs. For float, Abramowitz, Stegun,
/// Handbook of Mathematical Functions, 7.1.26: the error of erf is 1.5e-7, no more than float's.
template <class T, int W>
normal_distribution<kd::detail::simd<T, W>> normal_of(kd::detail::simd<T, W> x) {
  using pack = kd::detail::simd<T, W>;
  const pack half(0.5), one(1), power = exp(-half * x * x);
  const pack density = pack(0.39894228040143267794) * power;
  if constexpr (sizeof(T) == 4) {
    const pack t = one / (one + pack(0.3275911 * 0.70710678118654752440) * abs(x));
    pack tail = pack(1.061405429);
    for (double factor : {-1.453152027, 1.421413741, -0.284496736, 0.254829592})
      tail = tail * t + pack(factor);
    tail = half * tail * t * power;
    return {select(x > pack(0), one - tail, tail), density};
  } else {
    return {half * (one + erf(pack(0.70710678118654752440) * x)), density};
  }
}

template <class T>
void gelu_forward(const layer_plan& p, const layer_work<T>& work) {
  change_packs(work.input, work.output, work.samples * p.input.size(),
               [](auto x, auto) { return x * normal_of(x).below; });
}

template <class T>
void gelu_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t count = work.samples * p.input.size();
  copy_unless_same(work.output_gradient, count, work.input_gradient);
  change_packs(work.input, work.input_gradient, count, [](auto x, auto gradient) {
    const auto normal = normal_of(x);
    return gradient * (normal.below + x * normal.density);
  });
}

}  // namespace detail

/// The Gaussian error linear unit.
struct gelu {
  static constexpr layer_plan plan(shape input) {
    return {
        .kind = "gelu", .input = input, .output = input, .in_place = true, .flops = input.size()};
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::gelu_forward<T>, .backward = &detail::gelu_backward<T>};
  }
};

}  // namespace kd::nn
