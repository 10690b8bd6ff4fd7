// SPDX-License-Identifier: MIT
// Scalars in an expression: numbers, schedules, named parameters and compile-time constants.
#pragma once
#include <kd/dsl/expression.hpp>
#include <kd/dsl/fixed_string.hpp>
#include <kd/schedule/schedule.hpp>

namespace kd {

namespace detail {

/// A number or schedule where it stands. Each occurrence is a scalar of its own: the compiler
/// cannot know that two are equal.
struct number : expression_base {
  schedule value;
  constexpr explicit number(const schedule& s) : value(s) {}

  static constexpr axis_list axes{};
  static constexpr std::uint64_t hash = hash_of("number");
  static constexpr int numbers = 1;
  static constexpr term lower(lowering& l) { return l.number(); }
  KD_INLINE constexpr void scalars(auto& visit) const { visit(value); }
};

template <fixed_string Name, range Range>
struct parameter : expression_base {
  schedule value;
  constexpr explicit parameter(const schedule& s) : value(s) {}

  static constexpr axis_list axes{};
  static constexpr std::uint64_t hash = hash_of("parameter", hash_text(Name.view()), Range);
  static constexpr int numbers = 1;
  static constexpr bool is_one_node = true;
  static constexpr term lower(lowering& l) { return l.parameter({Name.view(), Range}); }
  KD_INLINE constexpr void scalars(auto& visit) const { visit(value); }
};

template <long long Numerator, long long Denominator, int Exponent>
struct constant_value : expression_base {
  static constexpr axis_list axes{};
  static constexpr std::uint64_t hash = hash_of("constant", Numerator, Denominator, Exponent);
  static constexpr int numbers = 0;
  static constexpr bool is_one_node = true;
  static constexpr term lower(lowering& l) {
    double value = static_cast<double>(Numerator) / static_cast<double>(Denominator);
    for (int left = Exponent < 0 ? -Exponent : Exponent; left > 0;) {
      double power = 1;  // up to 10^22 it is exact
      for (int i = 0; i < 22 && left > 0; ++i, --left) power *= 10;
      value = Exponent < 0 ? value / power : value * power;
    }
    return constant(l.g, value);
  }
  KD_INLINE constexpr void scalars(auto&) const {}
};

}  // namespace detail

/// Numerator / Denominator * 10^Exponent, known at compile time: it folds, and equal constants are
/// one value.
template <long long Numerator, long long Denominator = 1, int Exponent = 0>
inline constexpr detail::constant_value<Numerator, Denominator, Exponent> constant_of{};

/// A scalar with a name: a number or a schedule. Within one `named` expression, parameters of one
/// name are one scalar, so formulas that use it twice are recognised as equal; two different values
/// for it throw value_error.
template <fixed_string Name>
KD_INLINE constexpr auto parameter(const schedule& value) {
  return detail::parameter<Name, detail::range::any>(value);
}
/// A parameter that must be > 0 at every call, else value_error.
template <fixed_string Name>
KD_INLINE constexpr auto positive(const schedule& value) {
  return detail::parameter<Name, detail::range::positive>(value);
}
/// A parameter that must lie in [0, 1] at every call, else value_error.
template <fixed_string Name>
KD_INLINE constexpr auto fraction(const schedule& value) {
  return detail::parameter<Name, detail::range::fraction>(value);
}

/// What may stand beside an expression in arithmetic.
template <class S>
concept Scalar = std::is_arithmetic_v<std::remove_cvref_t<S>> ||
    std::is_same_v<std::remove_cvref_t<S>, schedule>;

namespace detail {
template <class X>
KD_INLINE constexpr auto as_expression(const X& x) {
  if constexpr (Expression<X>) return x;
  else return number(schedule(x));
}
template <class A, class B>
concept Operands = (Expression<A> && (Expression<B> || Scalar<B>)) || (Scalar<A> && Expression<B>);

/// What a function takes: a schedule is one of the objective's scalars there. Functions of numbers
/// alone are those of std.
template <class A>
concept Operand = Expression<A> || std::is_same_v<A, schedule>;
template <class A, class B>
concept Mixed = Operand<A> || Operand<B>;

/// What arithmetic with an expression cannot be done with: a matrix, an axis, ...
template <class A, class B>
concept Foreign = (Expression<A> || Expression<B>)&&!Operands<A, B>;

template <bool Known, class... Operands>
constexpr mistaken operand_is_known() {
  static_assert(Known,
                "kd: an expression stands beside what is neither an expression nor a number nor a "
                "schedule; the types stand in 'operand_is_known<...>'; declare a tensor as an "
                "input, kd::given<\"name\", axes...>, and bind it in the call");
  return {};
}
template <class A, class B>
concept Compared = Expression<A> || Expression<B>;

template <bool Bound, class A, class B>
constexpr mistaken tensor_is_bound_by_one_sign() {
  static_assert(Bound,
                "kd: == compares an expression with what is neither an expression nor a number nor "
                "a schedule; both types stand in 'tensor_is_bound_by_one_sign<...>'; a tensor is "
                "bound by one sign:  zs = S");
  return {};
}
template <bool Same, class A>
constexpr void sum_has_a_type_of_its_own() {
  static_assert(
      Same,
      "kd: every formula has a type of its own, so += cannot make another of one; name the "
      "sum:  const auto sum = a + b;");
}
template <bool IsArithmetic, class... Operands>
constexpr mistaken logic_is_arithmetic() {
  static_assert(
      IsArithmetic,
      "kd: expressions of 1 and 0 have no &&, || and !, for their values are known at "
      "each position only; write  a * b,  kd::max(a, b)  and  1 - a; the operands stand in "
      "'logic_is_arithmetic<...>'");
  return {};
}

template <bool ByName, class A, class B>
constexpr mistaken compared_by_name() {
  static_assert(ByName,
                "kd: expressions are compared by name, and the value is 1 or 0 for each position: "
                "kd::greater(a, b), greater_equal, less, less_equal, equal");
  return {};
}

template <op Code, class... Operands>
KD_INLINE constexpr auto combine(const Operands&... operands) {
  if constexpr (((Expression<Operands> || Scalar<Operands>)&&...))
    return apply_to<Code>(as_expression(operands)...);
  else return operand_is_known<false, Operands...>();
}
}  // namespace detail

}  // namespace kd
