// SPDX-License-Identifier: MIT
// How alike two tensors are along named axes, and distances between all pairs of rows.
#pragma once
#include <kd/dsl/contract.hpp>
#include <kd/dsl/moments.hpp>

namespace kd {

/// The cosine of the angle between a and b along axes, in [-1, 1]; where one of them is 0, it is 0
/// and the other's gradient too.
template <auto... Over, Expression A, Expression B>
KD_INLINE constexpr auto cosine_similarity(const A& a, const B& b) {
  return sum<Over...>(normalize<Over...>(a) * normalize<Over...>(b));
}

/// Pearson's correlation of a and b along axes, in [-1, 1]; 0 where one of them is constant.
template <auto... Over, Expression A, Expression B>
KD_INLINE constexpr auto pearson(const A& a, const B& b) {
  return cosine_similarity<Over...>(centre<Over...>(a), centre<Over...>(b));
}

/// |a_i - b_j|^2 along axes for all pairs, from one matrix product: a and b have the axes Over, and
/// their other axes make the pairs: `squared_distances<feature>(f, as<batch, other>(f))` has axes
/// (batch, other). At least 0, although rounding may move a distance of nearly equal rows by 1e-7
/// of their squared length.
template <auto... Over, Expression A, Expression B>
KD_INLINE constexpr auto squared_distances(const A& a, const B& b) {
  return max(
      sum<Over...>(square(a)) + sum<Over...>(square(b)) - constant_of<2> * dot<Over...>(a, b),
      constant_of<0>);
}

/// |a_i - b_j| along axes for all pairs, see squared_distances; the gradient at distance 0 is 0.
template <auto... Over, Expression A, Expression B>
KD_INLINE constexpr auto distances(const A& a, const B& b) {
  const auto squares = squared_distances<Over...>(a, b);
  return where(equal(squares, constant_of<0>), constant_of<0>, sqrt(squares));
}

}  // namespace kd
