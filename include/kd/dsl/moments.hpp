// SPDX-License-Identifier: MIT
// Norm, variance and what is built from them, over named axes.
#pragma once
#include <kd/dsl/reduce.hpp>

namespace kd {

/// |x|_2 along axes. Its gradient at 0 is 0.
template <auto... Over, Expression A>
KD_INLINE constexpr auto norm(const A& a) {
  return root(sum<Over...>(square(a)));
}

/// x / max(|x|_2, 1e-12) along axes, as PyTorch's normalize; a zero vector stays zero, and its
/// gradient is 0.
template <auto... Over, Expression A>
KD_INLINE constexpr auto normalize(const A& a) {
  return detail::read_once(
      [](auto x) {
        constexpr auto inverse_root = [](auto squares) {
          return where(equal(squares, constant_of<0>), constant_of<0>,
                       constant_of<1> / sqrt(max(squares, constant_of<1, 1, -24>)));
        };
        return x * detail::read_once(inverse_root, sum<Over...>(square(x)));
      },
      a);
}

/// x less its mean along axes.
template <auto... Over, Expression A>
KD_INLINE constexpr auto centre(const A& a) {
  return detail::read_once([](auto x) { return x - mean<Over...>(x); }, a);
}

/// The mean squared distance from the mean, along axes.
template <auto... Over, Expression A>
KD_INLINE constexpr auto variance(const A& a) {
  return mean<Over...>(square(centre<Over...>(a)));
}

/// The unbiased estimate of the variance: divided by one less than the number of positions. Not a
/// number along a single position.
template <auto... Over, Expression A>
KD_INLINE constexpr auto sample_variance(const A& a) {
  return sum<Over...>(square(centre<Over...>(a))) / (extent<Over...> - constant_of<1>);
}

/// (x - mean) / (standard deviation + epsilon) along axes, with the unbiased deviation; a constant
/// row or a single position becomes 0, with a finite gradient. epsilon: an expression, 1e-7 if
/// absent.
template <auto... Over, Expression A, class Epsilon = detail::constant_value<1, 1, -7>>
KD_INLINE constexpr auto standardize(const A& a, const Epsilon& epsilon = {}) {
  return detail::read_once(
      [](auto centred, auto least) {
        const auto freedom = max(extent<Over...> - constant_of<1>, constant_of<1>);
        return centred / (norm<Over...>(centred) / sqrt(freedom) + least);
      },
      centre<Over...>(a), epsilon);
}

}  // namespace kd
