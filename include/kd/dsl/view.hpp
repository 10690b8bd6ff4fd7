// SPDX-License-Identifier: MIT
// Views: part of an axis, one position of it, several axes as one, one as several. Nothing is
// copied: inputs inside are read where they are.
#pragma once
#include <kd/dsl/contract.hpp>

namespace kd {

namespace detail {

/// Axes in a type.
template <auto... Axes>
struct axis_pack {
  static constexpr axis_list list = list_of<Axes...>();
  static constexpr std::uint64_t hash = hash_axes<Axes...>();
  static constexpr std::string_view last = [] {
    return list.size == 0 ? std::string_view() : list.name[list.size - 1];
  }();
  /// Writes the axes to an array; returns how many there are.
  static constexpr int write(graph& g, int (&to)[max_rank]) {
    int n = 0;
    ((to[n++] = g.axis(Axes.name)), ...);
    return n;
  }
};

/// Axes From of an expression as axes To, less their first and last positions; without any To, the
/// position First of From.
template <class A, int First, int Last, class From, class To>
struct viewed : expression_base, role_of_view<A> {
  [[no_unique_address]] A a;
  constexpr explicit viewed(A x) : a(x) {}

  static constexpr axis_list axes = [] {
    axis_list list;
    for (int i = 0; i < A::axes.size; ++i) {
      const std::string_view name = A::axes.name[i];
      if (name == From::last) list = join(list, To::list);
      else if (!From::list.has(name)) list.add(name);
    }
    return list;
  }();
  static constexpr std::uint64_t hash = hash_of("view", First, Last, From::hash, To::hash, A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    for (int i = 0; i < A::axes.size; ++i) {  // new axes are numbered where the old ones are
      l.g.axis(A::axes.name[i]);
      for (int j = 0; A::axes.name[i] == From::last && j < To::list.size; ++j)
        l.g.axis(To::list.name[j]);
    }
    surrounding s;
    s.step.axes = From::write(l.g, s.step.from);
    s.step.parts = To::write(l.g, s.step.to);
    s.step.first = First, s.step.last = Last;
    return l.lower_inside<A>(s);
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

/// Says what is wrong with a view; true if all is well.
template <class View>
constexpr bool check_view() {
  constexpr view_mistake found = lower<View>().around.found;
  static_assert(found != view_mistake::part,
                "kd: merge needs inputs that have all of the axes or none, and one has some only; "
                "the expression is the argument of 'check_view'; merge its inputs one by one");
  static_assert(
      found != view_mistake::name_taken,
      "kd: a slice, merge or split gives an axis a name that another axis inside has; both "
      "stand in the argument of 'check_view'; give it another name");
  static_assert(
      found != view_mistake::computed,
      "kd: a view shows part of an axis that a one_hot, gradient_of or, merged, a position "
      "makes; they stand in the argument of 'check_view'; slice, merge or split the "
      "inputs, and write the rest with the new axes");
  static_assert(found != view_mistake::too_deep,
                "kd: there are more than 4 views of one input inside each other, more than 8 axes, "
                "or too many operations between; the outermost view is the argument of "
                "'check_view'");
  return found == view_mistake::none;
}

template <int First, int Last, auto... From, auto... To, class A>
KD_INLINE constexpr auto view_of(axis_pack<From...>, axis_pack<To...>, const A& a) {
  using view = viewed<A, First, Last, axis_pack<From...>, axis_pack<To...>>;
  if constexpr (any_mistaken<A>) return mistaken{};
  else if constexpr (ignore_some<A>)
    return ignoring(view_of<First, Last>(axis_pack<From...>{}, axis_pack<To...>{}, a.y), a.ignored);
  else if constexpr (!check_axes<A, From...>()) return mistaken{};
  else if constexpr (!(check_new_axis<A, To>() && ... && true)) return mistaken{};
  else if constexpr (!check_view<view>()) return mistaken{};
  else return view(a);
}

}  // namespace detail

/// x without the first First and the last Last positions of axis From; the rest is axis To, which x
/// must not have, for an axis has one extent in an objective. Throws shape_error at the call if
/// there are fewer positions.
template <auto From, auto To, int First, int Last, Expression A>
KD_INLINE constexpr auto slice(const A& a) {
  static_assert(First >= 0 && Last >= 0,
                "kd: slice<from, to, first, last> drops 0 or more positions at each end");
  if constexpr (!detail::axes_are_named<From, To>()) return detail::mistaken{};
  else return detail::view_of<First, Last>(detail::axis_pack<From>{}, detail::axis_pack<To>{}, a);
}
/// x without the first positions of axis From: `without_first<token, next>(labels)`.
template <auto From, auto To, int Count = 1, Expression A>
KD_INLINE constexpr auto without_first(const A& a) {
  return slice<From, To, Count, 0>(a);
}
/// x without the last positions of axis From: `without_last<token, next>(logits)`.
template <auto From, auto To, int Count = 1, Expression A>
KD_INLINE constexpr auto without_last(const A& a) {
  return slice<From, To, 0, Count>(a);
}

/// x with the axes From, outermost first, as one axis To: `merge<space, height, width>(map)`. Every
/// input inside has all of them or none. Throws shape_error at the call if a tensor's memory cannot
/// be walked so.
template <auto To, auto... From, Expression A>
KD_INLINE constexpr auto merge(const A& a) {
  if constexpr (!detail::axes_are_named<To, From...>()) return detail::mistaken{};
  else {
    static_assert(sizeof...(From) >= 2 && detail::list_of<From...>().size == sizeof...(From),
                  "kd: merge<to, from...> needs two axes or more, each once");
    return detail::view_of<0, 0>(detail::axis_pack<From...>{}, detail::axis_pack<To>{}, a);
  }
}

/// x with axis From as several, outermost first, the last fastest: `split<space, height, width>(x)`
/// undoes merge. The extents of all of them but one are known from tensors, or told the call or
/// compile: `height(7)`. Throws shape_error at the call if they do not divide those of From.
template <auto From, auto... To, Expression A>
KD_INLINE constexpr auto split(const A& a) {
  if constexpr (!detail::axes_are_named<From, To...>()) return detail::mistaken{};
  else {
    static_assert(sizeof...(To) >= 2 && detail::list_of<To...>().size == sizeof...(To),
                  "kd: split<from, to...> needs two new axes or more, each once");
    return detail::view_of<0, 0>(detail::axis_pack<From>{}, detail::axis_pack<To...>{}, a);
  }
}

/// x at one position of an axis, which is gone: `at<token, 0>(hidden)`; -1 is the last position.
/// Throws shape_error at the call if there is no such position.
template <auto Axis, int Position, Expression A>
KD_INLINE constexpr auto at(const A& a) {
  if constexpr (!detail::axes_are_named<Axis>()) return detail::mistaken{};
  else return detail::view_of<Position, 0>(detail::axis_pack<Axis>{}, detail::axis_pack<>{}, a);
}

}  // namespace kd
