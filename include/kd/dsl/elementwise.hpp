// SPDX-License-Identifier: MIT
// Elementwise operations. Operands broadcast by axis name: the value has the axes of all of them.
#pragma once
#include <kd/dsl/scalar.hpp>

namespace kd {

template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto operator+(const A& a, const B& b) {
  return detail::combine<detail::op::add>(a, b);
}
template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto operator-(const A& a, const B& b) {
  return detail::combine<detail::op::subtract>(a, b);
}
template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto operator*(const A& a, const B& b) {
  return detail::combine<detail::op::multiply>(a, b);
}
template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto operator/(const A& a, const B& b) {
  return detail::combine<detail::op::divide>(a, b);
}
template <Expression A>
KD_INLINE constexpr auto operator-(const A& a) {
  return detail::elementwise<detail::op::negate, A>(a);
}

/// e^x
template <Expression A>
KD_INLINE constexpr auto exp(const A& a) {
  return detail::elementwise<detail::op::exp, A>(a);
}
/// Natural logarithm.
template <Expression A>
KD_INLINE constexpr auto log(const A& a) {
  return detail::elementwise<detail::op::log, A>(a);
}
/// log(1 + x), accurate near 0.
template <Expression A>
KD_INLINE constexpr auto log1p(const A& a) {
  return detail::elementwise<detail::op::log1p, A>(a);
}
/// Square root; its derivative at 0 is infinite.
template <Expression A>
KD_INLINE constexpr auto sqrt(const A& a) {
  return detail::elementwise<detail::op::sqrt, A>(a);
}
/// |x|; its derivative at 0 is 0.
template <Expression A>
KD_INLINE constexpr auto abs(const A& a) {
  return detail::elementwise<detail::op::abs, A>(a);
}
/// -1, 0 or 1; without a gradient.
template <Expression A>
KD_INLINE constexpr auto sign(const A& a) {
  return detail::elementwise<detail::op::sign, A>(a);
}
template <Expression A>
KD_INLINE constexpr auto tanh(const A& a) {
  return detail::elementwise<detail::op::tanh, A>(a);
}
/// 1 / (1 + e^-x)
template <Expression A>
KD_INLINE constexpr auto sigmoid(const A& a) {
  return detail::elementwise<detail::op::sigmoid, A>(a);
}
/// log(1 + e^x), without overflow.
template <Expression A>
KD_INLINE constexpr auto softplus(const A& a) {
  return detail::elementwise<detail::op::softplus, A>(a);
}
template <Expression A>
KD_INLINE constexpr auto square(const A& a) {
  return detail::elementwise<detail::op::multiply, A, A>(a, a);
}

/// The larger of two values; at a tie the first gets the gradient.
template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto max(const A& a, const B& b) {
  return detail::combine<detail::op::maximum>(a, b);
}
/// The smaller of two values; at a tie the first gets the gradient.
template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto min(const A& a, const B& b) {
  return detail::combine<detail::op::minimum>(a, b);
}
/// max(x, 0)
template <Expression A>
KD_INLINE constexpr auto relu(const A& a) {
  return max(a, constant_of<0>);
}

/// 1 where a > b, else 0; without a gradient.
template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto greater(const A& a, const B& b) {
  return detail::combine<detail::op::greater>(a, b);
}
/// 1 where a >= b, else 0; without a gradient.
template <class A, class B>
requires detail::Operands<A, B> KD_INLINE constexpr auto greater_equal(const A& a, const B& b) {
  return detail::combine<detail::op::greater_equal>(a, b);
}
/// a where the condition is not 0, else b.
template <Expression C, class A, class B>
KD_INLINE constexpr auto where(const C& condition, const A& a, const B& b) {
  const auto x = detail::as_expression(a);
  const auto y = detail::as_expression(b);
  return detail::elementwise<detail::op::where, C, std::remove_const_t<decltype(x)>,
                             std::remove_const_t<decltype(y)>>(condition, x, y);
}

}  // namespace kd
