// SPDX-License-Identifier: MIT
// What an expression is: a small type with six fixed parts, always in this order:
//   its children
//   axes      their names
//   hash      of its structure
//   numbers   how many scalars `scalars` visits
//   lower     adds its node to a graph
//   scalars   visits its numbers
// `lower` and `scalars` walk children from left to right, so that the k-th scalar of one is the
// k-th of the other.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <kd/config.hpp>
#include <kd/graph/lower.hpp>

namespace kd {

namespace detail {
template <bool IsValue>
constexpr bool expression_is_no_condition() {
  static_assert(IsValue,
                "kd: an expression is a formula, not a value that if or ?: could test; choose at "
                "each position by  kd::where(kd::greater(a, b), a, b),  or test a result's value");
  return IsValue;
}
}  // namespace detail

/// Every expression derives from this, so that kd's operators are found for it.
struct expression_base {
  template <std::same_as<bool> Bool>
  constexpr explicit operator Bool() const {
    return detail::expression_is_no_condition<!std::is_same_v<Bool, bool>>();
  }
};

namespace detail {

constexpr std::uint64_t mix(std::uint64_t h, std::uint64_t part) {
  h = (h ^ part) * 0x9E3779B97F4A7C15u;
  return h ^ (h >> 32);
}
constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325u;
  for (char c : text) h = mix(h, static_cast<unsigned char>(c));
  return h;
}
template <class... Parts>
constexpr std::uint64_t hash_of(std::string_view kind, Parts... parts) {
  std::uint64_t h = hash_text(kind);
  ((h = mix(h, static_cast<std::uint64_t>(parts))), ...);
  return h;
}
}  // namespace detail

/// A tensor-valued formula over inputs.
template <class E>
concept Expression = std::is_base_of_v<expression_base, std::remove_cvref_t<E>>;

namespace detail {

template <auto Axis>
using axis_type = std::remove_cvref_t<decltype(Axis)>;
template <auto Axis>
inline constexpr bool is_axis = requires {
  std::string_view(axis_type<Axis>::name);
};

/// Says so if something else than an axis, as a number, stands where axes are named; true if all is
/// well.
template <auto... Axes>
constexpr bool axes_are_named() {
  static_assert((is_axis<Axes> && ...),
                "kd: axes have names, not numbers; what was given stands in 'axes_are_named<...>'; "
                "name them, as in softmax<classes>(zs), or declare one:  inline constexpr struct "
                "layer : kd::axis<\"layer\"> {} layer;");
  return (is_axis<Axes> && ...);
}

template <auto... Axes>
constexpr axis_list list_of() {
  axis_list list;
  (list.add(Axes.name), ...);
  return list;
}
/// Of an axis's type, not of its name: two types with one name make two types of expressions.
template <class Axis>
constexpr std::string_view signature_of() {
  return __PRETTY_FUNCTION__;
}
template <class Axis>
inline constexpr std::uint64_t axis_hash = hash_text(signature_of<Axis>());
template <auto... Axes>
constexpr std::uint64_t hash_axes() {
  return hash_of("axes", axis_hash<std::remove_const_t<decltype(Axes)>>...);
}
template <auto... Axes>
constexpr axis_set set_of(graph& g) {
  return (axis_set{0} | ... | single(g.axis(Axes.name)));
}

/// An elementwise operation on one to three expressions.
template <op Code, class A, class B = void, class C = void>
struct elementwise;

template <op Code, class A>
struct elementwise<Code, A, void, void> : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit elementwise(A x) : a(x) {}

  static constexpr axis_list axes = A::axes;
  static constexpr std::uint64_t hash = hash_of("apply", Code, A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) { return apply(Code, A::lower(l)); }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

template <op Code, class A, class B>
struct elementwise<Code, A, B, void> : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] B b;
  constexpr elementwise(A first, B second) : a(first), b(second) {}

  static constexpr axis_list axes = join(A::axes, B::axes);
  static constexpr std::uint64_t hash = hash_of("apply", Code, A::hash, B::hash);
  static constexpr int numbers = A::numbers + B::numbers;
  static constexpr term lower(lowering& l) {
    const term x = A::lower(l);
    return apply(Code, x, B::lower(l));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit), b.scalars(visit); }
};

template <op Code, class A, class B, class C>
struct elementwise : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] B b;
  [[no_unique_address]] C c;
  constexpr elementwise(A first, B second, C third) : a(first), b(second), c(third) {}

  static constexpr axis_list axes = join(join(A::axes, B::axes), C::axes);
  static constexpr std::uint64_t hash = hash_of("apply", Code, A::hash, B::hash, C::hash);
  static constexpr int numbers = A::numbers + B::numbers + C::numbers;
  static constexpr term lower(lowering& l) {
    const term x = A::lower(l), y = B::lower(l);
    return apply(Code, x, y, C::lower(l));
  }
  KD_INLINE constexpr void scalars(auto& visit) const {
    a.scalars(visit), b.scalars(visit), c.scalars(visit);
  }
};

/// An argument of a call that says nothing.
struct nothing {};

/// Takes the place of an expression that has a mistake in it, once the sentence was said: whatever
/// is made of it is it again, and nothing more is checked.
struct mistaken : expression_base {
  constexpr explicit operator bool() const { return false; }
  template <class Tensor>
  constexpr nothing operator=(Tensor&&) const {
    return {};
  }
  template <class Tensor>
  constexpr nothing operator+=(Tensor&&) const {
    return {};
  }

  static constexpr axis_list axes{};
  static constexpr std::uint64_t hash = hash_of("mistaken");
  static constexpr int numbers = 0;
  static constexpr term lower(lowering& l) {
    l.found = mistake::reported;
    return constant(l.g, 0);
  }
  KD_INLINE constexpr void scalars(auto&) const {}
};
template <class... E>
inline constexpr bool any_mistaken = (std::is_same_v<std::remove_cvref_t<E>, mistaken> || ...);

/// An elementwise operation on expressions.
template <op Code, class... E>
KD_INLINE constexpr auto apply_to(const E&... operands) {
  if constexpr (any_mistaken<E...>) return mistaken{};
  else return elementwise<Code, E...>(operands...);
}

/// Labels with other axes are labels.
template <class A>
struct role_of_view {};
template <class A>
requires(A::role == kd::role::labels) struct role_of_view<A> {
  static constexpr kd::role role = kd::role::labels;
};

/// Lowers an operand of an operation that ends axes.
template <class A, auto... Over>
constexpr term lower_over(lowering& l) {
  if (!l.around.any()) return A::lower(l);  // axes are numbered as they are met
  return l.lower_inside<A>({surrounding_kind::end_of_axes, {}, set_of<Over...>(l.g)});
}

/// A reduction over named axes.
template <op Code, class A, auto... Over>
struct reduction : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit reduction(A x) : a(x) {}

  static constexpr axis_list axes = without(A::axes, list_of<Over...>());
  static constexpr std::uint64_t hash = hash_of("reduce", Code, hash_axes<Over...>(), A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    const term x = lower_over<A, Over...>(l);
    return reduce(Code, x, set_of<Over...>(l.g));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

}  // namespace detail
}  // namespace kd
