// SPDX-License-Identifier: MIT
// Operations that read class indices.
#pragma once
#include <kd/dsl/reduce.hpp>

namespace kd {

namespace detail {

template <class A, class Labels, auto Axis>
struct picked : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] Labels y;
  constexpr picked(A x, Labels l) : a(x), y(l) {}

  static constexpr axis_list axes = join(without(A::axes, list_of<Axis>()), Labels::axes);
  static constexpr std::uint64_t hash = hash_of("pick", hash_axes<Axis>(), A::hash, Labels::hash);
  static constexpr term lower(lowering& l) {
    const term x = A::lower(l), labels = Labels::lower(l);
    return pick(x, labels, set_of<Axis>(l.g));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit), y.scalars(visit); }
};

template <class Labels, auto Axis>
struct one_hot_of : expression_base {
  [[no_unique_address]] Labels y;
  constexpr explicit one_hot_of(Labels l) : y(l) {}

  static constexpr axis_list axes = join(Labels::axes, list_of<Axis>());
  static constexpr std::uint64_t hash = hash_of("one_hot", hash_axes<Axis>(), Labels::hash);
  static constexpr term lower(lowering& l) {
    const term labels = Labels::lower(l);
    return one_hot(labels, set_of<Axis>(l.g));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { y.scalars(visit); }
};

}  // namespace detail

/// x at the position along Axis that the labels name: `pick<classes>(log_softmax<classes>(z), y)`.
template <auto Axis, Expression A, class Labels>
KD_INLINE constexpr auto pick(const A& a, const Labels& labels) {
  static_assert(Labels::role == role::labels,
                "kd: pick reads positions from labels; declare them as kd::labels<...>");
  detail::check_axes<A, Axis>();
  return detail::picked<A, Labels, Axis>(a, labels);
}

/// 1 at the position along Axis that the labels name, 0 elsewhere.
template <auto Axis, class Labels>
KD_INLINE constexpr auto one_hot(const Labels& labels) {
  static_assert(Labels::role == role::labels,
                "kd: one_hot reads positions from labels; declare them as kd::labels<...>");
  return detail::one_hot_of<Labels, Axis>(labels);
}

/// 0 where a label equals `ignored`, 1 elsewhere. Labels with this value are accepted although they
/// name no class; what pick gives for them is unspecified, so multiply it by this.
template <class Labels, class Ignored>
KD_INLINE constexpr auto is_label(const Labels& labels, const Ignored& ignored) {
  static_assert(Labels::role == role::labels,
                "kd: is_label reads labels; declare them as kd::labels<...>");
  return detail::combine<detail::op::is_label>(labels, ignored);
}

}  // namespace kd
