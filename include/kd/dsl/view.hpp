// SPDX-License-Identifier: MIT
// Views: part of an axis, or several axes as one. Nothing is copied: inputs inside are read where
// they are.
#pragma once
#include <array>

#include <kd/dsl/contract.hpp>

namespace kd {

namespace detail {

/// Axes From of an expression as one axis To, less its first and last positions.
template <class A, int First, int Last, auto To, auto... From>
struct viewed : expression_base, role_of_view<A> {
  [[no_unique_address]] A a;
  constexpr explicit viewed(A x) : a(x) {}

  static constexpr std::string_view last_from = std::array{std::string_view(From.name)...}.back();
  static constexpr axis_list axes = [] {
    axis_list list;
    for (int i = 0; i < A::axes.size; ++i) {
      const std::string_view name = A::axes.name[i];
      if (name == last_from) list.add(To.name);
      else if (!list_of<From...>().has(name)) list.add(name);
    }
    return list;
  }();
  static constexpr std::uint64_t hash =
      hash_of("view", First, Last, hash_axes<To, From...>(), A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    for (int i = 0; i < A::axes.size; ++i) {  // the new axis is numbered where the old ones are
      l.g.axis(A::axes.name[i]);
      if (A::axes.name[i] == last_from) l.g.axis(To.name);
    }
    surrounding s;
    ((s.step.from[s.step.axes++] = l.g.axis(From.name)), ...);
    s.step.to = l.g.axis(To.name);
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
  static_assert(found != view_mistake::name_taken,
                "kd: a slice or merge gives an axis a name that another axis inside has; both "
                "stand in the argument of 'check_view'; give it another name");
  static_assert(found != view_mistake::computed,
                "kd: a slice or merge shows part of an axis that a one_hot, gradient_of or, "
                "merged, a position makes; they stand in the argument of 'check_view'; slice or "
                "merge the inputs, and write the rest with the new axis");
  static_assert(found != view_mistake::too_deep,
                "kd: there are more than 4 slices and merges of one input inside each other, or "
                "too many operations between; the outermost is the argument of 'check_view'");
  return found == view_mistake::none;
}

template <class View, auto To, auto... From, class A>
KD_INLINE constexpr auto view_of(const A& a) {
  if constexpr (any_mistaken<A>) return mistaken{};
  else if constexpr (!check_axes<A, From...>()) return mistaken{};
  else if constexpr (!check_new_axis<A, To>()) return mistaken{};
  else if constexpr (!check_view<View>()) return mistaken{};
  else return View(a);
}

}  // namespace detail

/// x without the first First and the last Last positions of axis From; the rest is axis To, which x
/// must not have, for an axis has one extent in an objective. Throws shape_error at the call if
/// there are fewer positions.
template <auto From, auto To, int First, int Last, Expression A>
KD_INLINE constexpr auto slice(const A& a) {
  static_assert(First >= 0 && Last >= 0,
                "kd: slice<from, to, first, last> drops 0 or more positions at each end");
  return detail::view_of<detail::viewed<A, First, Last, To, From>, To, From>(a);
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
    return detail::view_of<detail::viewed<A, 0, 0, To, From...>, To, From...>(a);
  }
}

}  // namespace kd
