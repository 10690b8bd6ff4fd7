// SPDX-License-Identifier: MIT
// Words whose formula reads an operand more than once. Every number in an expression is a scalar of
// its own, so an operand that was lowered twice would be two values with two scalars. Here the
// formula is written of stand-ins, and the operand is lowered once.
#pragma once
#include <utility>

#include <kd/dsl/scalar.hpp>
#include <kd/dsl/tag.hpp>

namespace kd::detail {

/// Stands for operand K of a word inside its formula; the tag is the operand's.
template <std::uint64_t Word, int K, class Tag>
struct operand_of : expression_base, role_of_view<expression_behind<Tag>> {
  using A = expression_behind<Tag>;
  static constexpr axis_list axes = A::axes;
  static constexpr std::uint64_t hash = hash_of("operand", Word, K);
  static constexpr int numbers = 0;  // they are the word's
  static constexpr term lower(lowering& l) { return l.operand<A>(Word, K); }
  KD_INLINE constexpr void scalars(auto&) const {}
};

/// What is one node, or one scalar, however often it is lowered.
template <class A>
inline constexpr bool is_one_node = requires {
  A::is_one_node;
};

template <class... A>
struct operand_list {
  KD_INLINE constexpr void scalars(auto&) const {}
};
template <class First, class... Rest>
struct operand_list<First, Rest...> {
  [[no_unique_address]] First first;
  [[no_unique_address]] operand_list<Rest...> rest;
  constexpr operand_list(First a, Rest... others) : first(a), rest(others...) {}
  KD_INLINE constexpr void scalars(auto& visit) const { first.scalars(visit), rest.scalars(visit); }
};

template <class Formula, class... A>
struct word_of : expression_base {
  [[no_unique_address]] operand_list<A...> operands;
  [[no_unique_address]] Formula formula;
  constexpr word_of(Formula f, A... a) : operands(a...), formula(f) {}

  static constexpr axis_list axes = Formula::axes;
  static constexpr std::uint64_t hash = hash_of("word", Formula::hash, A::hash...);
  static constexpr int numbers = (Formula::numbers + ... + A::numbers);
  static constexpr term lower(lowering& l) {
    const int outside = l.operands;
    int k = 0;
    (l.enter_operand(hash_of("word", A::hash...), k++, A::numbers), ...);
    const term x = Formula::lower(l);
    l.operands = outside;
    return x;
  }
  KD_INLINE constexpr void scalars(auto& visit) const {
    operands.scalars(visit), formula.scalars(visit);
  }
};

template <std::uint64_t Word, int K, class A>
KD_INLINE constexpr auto stand_in(const A& a) {
  if constexpr (is_one_node<A>) return a;
  else return operand_of<Word, K, tag_of<A>>{};
}

template <class Formula, class... A>
KD_INLINE constexpr auto once_of(const Formula& formula, const A&... operands) {
  if constexpr (any_mistaken<A...>) return mistaken{};
  else if constexpr ((is_one_node<A> && ...)) return formula(operands...);
  else {
    const auto build = [&]<int... K>(std::integer_sequence<int, K...>) {
      return formula(stand_in<hash_of("word", A::hash...), K>(operands)...);
    };
    const auto built = build(std::make_integer_sequence<int, sizeof...(A)>{});
    if constexpr (any_mistaken<decltype(built)>) return mistaken{};
    else return word_of<std::remove_const_t<decltype(built)>, A...>(built, operands...);
  }
}

/// formula(operands...), in which each operand is one value however often the formula reads it. All
/// expressions that the formula reads are operands.
template <class Formula, class... A>
KD_INLINE constexpr auto once(const Formula& formula, const A&... operands) {
  return once_of(formula, as_expression(operands)...);
}

}  // namespace kd::detail
