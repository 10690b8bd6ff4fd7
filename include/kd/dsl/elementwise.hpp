// SPDX-License-Identifier: MIT
// Elementwise operations. Operands broadcast by axis name: the value has the axes of all of them.
#pragma once
#include <kd/dsl/once.hpp>

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

// What is not defined says so.
template <class A, class B>
requires detail::Foreign<A, B>
constexpr auto operator+(const A&, const B&) { return detail::operand_is_known<false, A, B>(); }
template <class A, class B>
requires detail::Foreign<A, B>
constexpr auto operator-(const A&, const B&) { return detail::operand_is_known<false, A, B>(); }
template <class A, class B>
requires detail::Foreign<A, B>
constexpr auto operator*(const A&, const B&) { return detail::operand_is_known<false, A, B>(); }
template <class A, class B>
requires detail::Foreign<A, B>
constexpr auto operator/(const A&, const B&) { return detail::operand_is_known<false, A, B>(); }
template <class A, class B>
requires detail::Compared<A, B>
constexpr auto operator>(const A&, const B&) { return detail::compared_by_name<false, A, B>(); }
template <class A, class B>
requires detail::Compared<A, B>
constexpr auto operator>=(const A&, const B&) { return detail::compared_by_name<false, A, B>(); }
template <class A, class B>
requires detail::Compared<A, B>
constexpr auto operator<(const A&, const B&) { return detail::compared_by_name<false, A, B>(); }
template <class A, class B>
requires detail::Compared<A, B>
constexpr auto operator<=(const A&, const B&) { return detail::compared_by_name<false, A, B>(); }
template <class A, class B>
requires detail::Compared<A, B>
constexpr auto operator==(const A&, const B&) {
  if constexpr (detail::Foreign<A, B>) return detail::tensor_is_bound_by_one_sign<false, A, B>();
  else return detail::compared_by_name<false, A, B>();
}
template <class A, class B>
requires detail::Compared<A, B>
constexpr auto operator&&(const A&, const B&) { return detail::logic_is_arithmetic<false, A, B>(); }
template <class A, class B>
requires detail::Compared<A, B>
constexpr auto operator||(const A&, const B&) { return detail::logic_is_arithmetic<false, A, B>(); }
template <Expression A, class B>
constexpr A& operator+=(A& a, const B&) {
  detail::sum_has_a_type_of_its_own<false, A>();
  return a;
}
template <Expression A>
constexpr auto operator!(const A&) {
  return detail::logic_is_arithmetic<false, A>();
}

template <Expression A>
KD_INLINE constexpr auto operator-(const A& a) {
  return detail::apply_to<detail::op::negate>(a);
}

/// e^x
template <detail::Operand A>
KD_INLINE constexpr auto exp(const A& a) {
  return detail::combine<detail::op::exp>(a);
}
/// e^x - 1, accurate near 0.
template <detail::Operand A>
KD_INLINE constexpr auto expm1(const A& a) {
  return detail::combine<detail::op::expm1>(a);
}
/// Natural logarithm.
template <detail::Operand A>
KD_INLINE constexpr auto log(const A& a) {
  return detail::combine<detail::op::log>(a);
}
/// log(1 + x), accurate near 0.
template <detail::Operand A>
KD_INLINE constexpr auto log1p(const A& a) {
  return detail::combine<detail::op::log1p>(a);
}
/// Square root; its derivative at 0 is infinite.
template <detail::Operand A>
KD_INLINE constexpr auto sqrt(const A& a) {
  return detail::combine<detail::op::sqrt>(a);
}
/// Square root whose derivative at 0 is 0: of a length or a deviation, which may be 0.
template <detail::Operand A>
KD_INLINE constexpr auto root(const A& a) {
  return detail::combine<detail::op::root>(a);
}
/// |x|; its derivative at 0 is 0.
template <detail::Operand A>
KD_INLINE constexpr auto abs(const A& a) {
  return detail::combine<detail::op::abs>(a);
}
/// -1, 0 or 1; without a gradient.
template <detail::Operand A>
KD_INLINE constexpr auto sign(const A& a) {
  return detail::combine<detail::op::sign>(a);
}
template <detail::Operand A>
KD_INLINE constexpr auto tanh(const A& a) {
  return detail::combine<detail::op::tanh>(a);
}
/// 1 / (1 + e^-x)
template <detail::Operand A>
KD_INLINE constexpr auto sigmoid(const A& a) {
  return detail::combine<detail::op::sigmoid>(a);
}
/// log(1 + e^x), without overflow.
template <detail::Operand A>
KD_INLINE constexpr auto softplus(const A& a) {
  return detail::combine<detail::op::softplus>(a);
}
template <detail::Operand A>
KD_INLINE constexpr auto square(const A& a) {
  return detail::read_once([](auto x) { return x * x; }, detail::as_expression(a));
}

/// The error function.
template <detail::Operand A>
KD_INLINE constexpr auto erf(const A& a) {
  return detail::combine<detail::op::erf>(a);
}
/// a to the power of b, for a > 0; for any a if b is an integer, 0 to a negative power excepted.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto pow(const A& a, const B& b) {
  return detail::combine<detail::op::power>(a, b);
}

/// The same values, which count as constants when the objective is differentiated.
template <detail::Operand A>
KD_INLINE constexpr auto stop_gradient(const A& a) {
  return detail::combine<detail::op::stop_gradient>(a);
}
/// The same values, through which gradients pass with their sign turned: minimising the objective
/// maximises what stands behind. Ganin, Lempitsky. Unsupervised Domain Adaptation by
/// Backpropagation. ICML 2015.
template <detail::Operand A>
KD_INLINE constexpr auto reverse_gradient(const A& a) {
  return detail::combine<detail::op::reverse_gradient>(a);
}

/// The larger of two values; at a tie the first gets the gradient.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto max(const A& a, const B& b) {
  return detail::combine<detail::op::maximum>(a, b);
}
/// The smaller of two values; at a tie the first gets the gradient.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto min(const A& a, const B& b) {
  return detail::combine<detail::op::minimum>(a, b);
}
/// max(x, 0)
template <detail::Operand A>
KD_INLINE constexpr auto relu(const A& a) {
  return max(a, constant_of<0>);
}

/// x^2 / 2 for |x| <= delta, delta (|x| - delta / 2) beyond. delta > 0: an expression, 1 if absent.
/// Huber. Robust Estimation of a Location Parameter. 1964.
template <Expression A, class Delta = detail::constant_value<1, 1, 0>>
KD_INLINE constexpr auto huber(const A& a, const Delta& delta = {}) {
  return detail::read_once(
      [](auto x, auto d) {
        const auto size = abs(x);
        const auto inside = min(size, d);
        return inside * (size - constant_of<1, 2> * inside);
      },
      a, delta);
}

/// 1 where a > b, else 0; without a gradient.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto greater(const A& a, const B& b) {
  return detail::combine<detail::op::greater>(a, b);
}
/// 1 where a >= b, else 0; without a gradient.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto greater_equal(const A& a, const B& b) {
  return detail::combine<detail::op::greater_equal>(a, b);
}
/// 1 where a < b, else 0; without a gradient.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto less(const A& a, const B& b) {
  return detail::combine<detail::op::greater>(b, a);
}
/// 1 where a <= b, else 0; without a gradient.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto less_equal(const A& a, const B& b) {
  return detail::combine<detail::op::greater_equal>(b, a);
}
/// 1 where a == b, else 0; without a gradient.
template <class A, class B>
requires detail::Mixed<A, B> KD_INLINE constexpr auto equal(const A& a, const B& b) {
  return detail::combine<detail::op::equal>(a, b);
}
/// 0 where a is NaN or infinite, else 1; without a gradient.
template <detail::Operand A>
KD_INLINE constexpr auto is_finite(const A& a) {
  return detail::combine<detail::op::is_finite>(a);
}
/// a where the condition is not 0, else b.
template <class C, class A, class B>
KD_INLINE constexpr auto where(const C& condition, const A& a, const B& b) {
  return detail::combine<detail::op::where>(condition, a, b);
}
/// a where it is finite, else 0, with the gradient 0: a sum of it leaves out what is not.
template <detail::Operand A>
KD_INLINE constexpr auto where_finite(const A& a) {
  return detail::read_once([](auto x) { return where(is_finite(x), x, constant_of<0>); }, a);
}

}  // namespace kd
