// SPDX-License-Identifier: MIT
#pragma once
#include <kd/dsl/scalar.hpp>

namespace kd {

namespace detail {

/// The square root, with the derivative 0 at 0.
template <class A>
struct root_of : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit root_of(A x) : a(x) {}

  static constexpr axis_list axes = A::axes;
  static constexpr std::uint64_t hash = hash_of("root", A::hash);
  static constexpr term lower(lowering& l) {
    const term x = A::lower(l), zero = constant(l.g, 0);
    return apply(op::where, apply(op::equal, x, zero), zero, apply(op::sqrt, x));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

}  // namespace detail

/// Square root whose derivative at 0 is 0, where that of sqrt is infinite: for lengths and
/// deviations that may be 0. Not a number below 0.
template <detail::Operand A>
KD_INLINE constexpr auto root(const A& a) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else {
    using operand = decltype(detail::as_expression(a));
    return detail::root_of<operand>(detail::as_expression(a));
  }
}

}  // namespace kd
