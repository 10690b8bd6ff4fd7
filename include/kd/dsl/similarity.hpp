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

namespace detail {

/// Whether y is x with an axis renamed; then the pairs of equal positions along both.
constexpr term same_position(term x, term y) {
  if (y.get().code != op::rename || y.get().operand[0] != x.index) return {};
  const int from = y.get().payload / max_axes, to = y.get().payload % max_axes;
  return equal(position(*x.g, single(from)), position(*x.g, single(to)));
}

/// |a|^2 + |b|^2 - 2 a b, at least 0; of a tensor with itself 0 where it meets itself, which
/// rounding would miss.
template <class A, class B, auto... Over>
struct squared_distances_of : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] B b;
  constexpr squared_distances_of(A first, B second) : a(first), b(second) {}

  static constexpr axis_list axes = without(join(A::axes, B::axes), list_of<Over...>());
  static constexpr std::uint64_t hash =
      hash_of("squared_distances", hash_axes<Over...>(), A::hash, B::hash);
  static constexpr int numbers = A::numbers + B::numbers;
  static constexpr term lower(lowering& l) {
    const term x = lower_over<A, Over...>(l), y = lower_over<B, Over...>(l);
    const axis_set over = set_of<Over...>(l.g);
    const term squares = reduce(op::sum, x * x, over) + reduce(op::sum, y * y, over);
    const term none = constant(l.g, 0), same = same_position(x, y),
               distances = apply(op::maximum, squares - 2.0 * contract(x, y, over), none);
    return same.index < 0 ? distances : distances * (1.0 - same);
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit), b.scalars(visit); }
};

}  // namespace detail

/// |a_i - b_j|^2 along axes for all pairs, from one matrix product: a and b have the axes Over, and
/// their other axes make the pairs: `squared_distances<feature>(f, as<batch, other>(f))` has axes
/// (batch, other). At least 0, and 0 where a tensor meets itself; rounding may move another
/// distance of nearly equal rows by 1e-7 of their squared length.
template <auto... Over, Expression A, Expression B>
KD_INLINE constexpr auto squared_distances(const A& a, const B& b) {
  if constexpr (detail::any_mistaken<A, B>) return detail::mistaken{};
  else if constexpr (!detail::check_named<Over...>()) return detail::mistaken{};
  else if constexpr (!detail::check_axes<A, Over...>()) return detail::mistaken{};
  else if constexpr (!detail::check_axes<B, Over...>()) return detail::mistaken{};
  else return detail::squared_distances_of<A, B, Over...>(a, b);
}

/// |a_i - b_j| along axes for all pairs, see squared_distances; the gradient at distance 0 is 0.
template <auto... Over, Expression A, Expression B>
KD_INLINE constexpr auto distances(const A& a, const B& b) {
  return root(squared_distances<Over...>(a, b));
}

}  // namespace kd
