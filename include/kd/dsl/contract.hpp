// SPDX-License-Identifier: MIT
// Products summed along named axes, and renaming, which makes pairs:
// `dot<feature>(f, as<batch, other>(f))`.
#pragma once
#include <kd/dsl/labels.hpp>

namespace kd {

namespace detail {

template <class A, class B, auto... Over>
struct contraction_of : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] B b;
  constexpr contraction_of(A first, B second) : a(first), b(second) {}

  static constexpr axis_list axes = without(join(A::axes, B::axes), list_of<Over...>());
  static constexpr std::uint64_t hash = hash_of("dot", hash_axes<Over...>(), A::hash, B::hash);
  static constexpr int numbers = A::numbers + B::numbers;
  static constexpr term lower(lowering& l) {
    const term x = lower_over<A, Over...>(l), y = lower_over<B, Over...>(l);
    return contract(x, y, set_of<Over...>(l.g));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit), b.scalars(visit); }
};

/// A contraction over every axis of A but some.
template <class A, class B, auto... Kept>
struct contraction_but : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] B b;
  constexpr contraction_but(A first, B second) : a(first), b(second) {}

  using summed = all_but<A, Kept...>;
  static constexpr axis_list axes = without(join(A::axes, B::axes), summed::axes);
  static constexpr std::uint64_t hash =
      hash_of("dot_all_but", hash_axes<Kept...>(), A::hash, B::hash);
  static constexpr int numbers = A::numbers + B::numbers;
  static constexpr term lower(lowering& l) {
    const term x = summed::template lower<A>(l), y = summed::template lower<B>(l);
    return contract(x, y, summed::set(l.g));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit), b.scalars(visit); }
};

template <class A, auto From, auto To>
struct renamed : expression_base, role_of_view<A> {
  [[no_unique_address]] A a;
  constexpr explicit renamed(A x) : a(x) {}

  static constexpr axis_list axes = [] {
    axis_list list;
    for (int i = 0; i < A::axes.size; ++i)
      list.add(A::axes.name[i] == From.name ? To.name : A::axes.name[i]);
    return list;
  }();
  static constexpr std::uint64_t hash = hash_of("as", hash_axes<From, To>(), A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    const term x =
        l.around.any()
            ? l.lower_inside<A>(
                  {surrounding_kind::rename, {}, 0, l.g.axis(From.name), l.g.axis(To.name)})
            : A::lower(l);
    const int from = l.g.axis(From.name), to = l.g.axis(To.name);
    l.g.rename(from, to);
    return rename(x, from, to);
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

template <class E, auto Axis>
constexpr bool check_new_axis() {
  if constexpr (!axes_are_named<Axis>()) return false;
  else {
    static_assert(!has_axis<E, axis_type<Axis>>,
                  "kd: as<from, to> needs a new name, and so do slice, merge, split and pool; the "
                  "expression has axis 'to' already; the axis is the last template argument of "
                  "'check_new_axis'");
    return !has_axis<E, axis_type<Axis>>;
  }
}

template <class A, class B, auto... Kept>
constexpr bool check_summed() {
  constexpr bool both = without(all_but<A, Kept...>::axes, B::axes).size == 0;
  static_assert(both,
                "kd: dot_all_but sums over every axis of its first argument but those it names, "
                "and the second argument lacks one of them; both stand in 'check_summed', then "
                "the axes that were named; name the lacking one too, or sum over it first");
  return both;
}

}  // namespace detail

/// sum over axes of a * b: a named einsum, run as a matrix product. Both must have the axes.
template <auto... Over, Expression A, Expression B>
KD_INLINE constexpr auto dot(const A& a, const B& b) {
  if constexpr (detail::any_mistaken<A, B>) return detail::mistaken{};
  else if constexpr (!detail::check_named<Over...>()) return detail::mistaken{};
  else if constexpr (!detail::check_axes<A, Over...>()) return detail::mistaken{};
  else if constexpr (!detail::check_axes<B, Over...>()) return detail::mistaken{};
  else return detail::contraction_of<A, B, Over...>(a, b);
}

/// dot over all axes of a but the given ones; b must have them too.
template <auto... Kept, Expression A, Expression B>
KD_INLINE constexpr auto dot_all_but(const A& a, const B& b) {
  if constexpr (detail::any_mistaken<A, B>) return detail::mistaken{};
  else if constexpr (!detail::check_axes<A, Kept...>()) return detail::mistaken{};
  else if constexpr (!detail::check_summed<A, B, Kept...>()) return detail::mistaken{};
  else return detail::contraction_but<A, B, Kept...>(a, b);
}

/// The same values with axis From called To, which x must not have.
template <auto From, auto To, Expression A>
KD_INLINE constexpr auto as(const A& a) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else if constexpr (!detail::check_axes<A, From>()) return detail::mistaken{};
  else if constexpr (!detail::check_new_axis<A, To>()) return detail::mistaken{};
  else if constexpr (detail::ignore_some<A>) return ignoring(as<From, To>(a.y), a.ignored);
  else return detail::renamed<A, From, To>(a);
}

}  // namespace kd
