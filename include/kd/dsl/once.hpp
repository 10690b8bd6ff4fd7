// SPDX-License-Identifier: MIT
// Formulas that read an operand more than once. Every number in an expression is a scalar of its
// own, so an operand that was lowered twice would be two values with two scalars. Here the formula
// is written of stand-ins, and the operand is lowered once.
#pragma once
#include <type_traits>
#include <utility>

#include <kd/dsl/scalar.hpp>
#include <kd/dsl/tag.hpp>

namespace kd {

namespace detail {

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

template <std::uint64_t Word, class Formula, class... A>
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
    (l.enter_operand(Word, k++, A::numbers), ...);
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

template <class... A>
inline constexpr std::uint64_t draft_of = hash_of("word", A::hash...);

template <class Formula, class... A>
concept FormulaOf = requires(const Formula& formula) {
  requires Expression<decltype(formula(std::declval<A>()...))>;
};

/// Whether a formula of these operands is an expression; asked of the first stand-ins, so that it
/// is made no more often for it.
template <class Formula, std::uint64_t Word, class Places, class... A>
inline constexpr bool makes_an_expression = false;
template <class Formula, std::uint64_t Word, int... K, class... A>
inline constexpr bool makes_an_expression<Formula, Word, std::integer_sequence<int, K...>, A...> =
    FormulaOf<Formula, decltype(stand_in<Word, K>(std::declval<const A&>()))...>;

template <bool Makes, class Formula, class... Operands>
constexpr mistaken formula_makes_an_expression() {
  static_assert(Makes,
                "kd: once(formula, operands...) takes a function of as many expressions as there "
                "are operands, which returns an expression; what was given stands in "
                "'formula_makes_an_expression<...>'");
  return {};
}
template <std::uint64_t Word, class Formula, class... A>
KD_INLINE constexpr auto formula_of_stand_ins(const Formula& formula, const A&... operands) {
  return [&]<int... K>(std::integer_sequence<int, K...>) {
    return formula(stand_in<Word, K>(operands)...);
  }
  (std::make_integer_sequence<int, sizeof...(A)>{});
}

template <class Formula, class... A>
KD_INLINE constexpr auto once_of(const Formula& formula, const A&... operands) {
  if constexpr (any_mistaken<A...>) return mistaken{};
  else {
    constexpr std::uint64_t draft = draft_of<A...>;
    using drafted = decltype(formula_of_stand_ins<draft>(formula, operands...));
    if constexpr (any_mistaken<drafted>) return mistaken{};
    else {
      // A formula that captures may read stand-ins of another around it, whose operands may have
      // the same types, so its own are told apart by what it makes.
      constexpr std::uint64_t word =
          std::is_empty_v<Formula> ? draft : hash_of("word", draft, drafted::hash);
      const auto made = formula_of_stand_ins<word>(formula, operands...);
      return word_of<word, std::remove_const_t<decltype(made)>, A...>(made, operands...);
    }
  }
}

/// `kd::once` of a formula that is known to make an expression; of another name, because this
/// namespace is looked at for calls with expressions.
template <class Formula, class... A>
KD_INLINE constexpr auto read_once(const Formula& formula, const A&... operands) {
  if constexpr ((is_one_node<A> && ...)) return formula(operands...);
  else return once_of(formula, as_expression(operands)...);
}

}  // namespace detail

/// formula(operands...), in which each operand, an expression, number or schedule, is one value
/// however often the formula reads it: `once([](auto h) { return h * tanh(h); }, 2.0 * f)` has one
/// scalar. What the formula captures is read where it stands.
template <class Formula, class... A>
KD_INLINE constexpr auto once(const Formula& formula, const A&... operands) {
  if constexpr (!((Expression<A> || Scalar<A>)&&...))
    return detail::operand_is_known<false, A...>();
  else {
    constexpr std::uint64_t draft = detail::draft_of<decltype(detail::as_expression(operands))...>;
    if constexpr (detail::makes_an_expression<Formula, draft,
                                              std::make_integer_sequence<int, sizeof...(A)>,
                                              decltype(detail::as_expression(operands))...>)
      return detail::read_once(formula, operands...);
    else return detail::formula_makes_an_expression<false, Formula, A...>();
  }
}

}  // namespace kd
