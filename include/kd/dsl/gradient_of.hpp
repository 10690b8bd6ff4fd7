// SPDX-License-Identifier: MIT
// Gradients as expressions: penalties on them, saliency, influence.
#pragma once
#include <kd/dsl/input.hpp>
#include <kd/graph/differentiate.hpp>

namespace kd {

namespace detail {

template <class A, class Input>
struct gradient_expression : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit gradient_expression(A x) : a(x) {}

  static constexpr axis_list axes = Input::axes;
  static constexpr std::uint64_t hash = hash_of("gradient", A::hash, Input::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    const int terms = l.g.terms;
    const bool rows_kept = l.rows.kept;
    l.rows.kept = false;  // a gradient is of a scalar
    const term value = A::lower(l);
    l.rows.kept = rows_kept;
    l.g.terms = terms;  // its parts are not parts of the objective
    const term by = Input::lower(l);
    for (int i = 0; i < Input::axes.size; ++i) l.must_be_whole(l.g.axis(Input::axes.name[i]));
    return derivative(value, by);
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

template <class A, class Input>
constexpr bool reads() {
  const graph g = lower<A>().g;
  for (int k = 0; k < g.inputs; ++k)
    if (g.input[k].role == Input::role && g.input[k].model == Input::model &&
        g.input[k].name == Input::name)
      return true;
  return false;
}
template <class A, class Input>
constexpr bool is_viewed() {
  const graph g = lower<A>().g;
  for (int k = 0; k < g.inputs; ++k)
    if (g.input[k].is_view() && g.input[k].role == Input::role &&
        g.input[k].model == Input::model && g.input[k].name == Input::name)
      return true;
  return false;
}
template <class A, class Input>
constexpr bool check_differentiated() {
  static_assert(
      A::axes.size == 0,
      "kd: gradient_of needs a scalar, and its first argument still has axes; reduce them "
      "with sum<...> or mean<...>; it is the first argument of 'check_differentiated'");
  if constexpr (A::axes.size != 0) return false;
  else {
    static_assert(reads<A, Input>(),
                  "kd: gradient_of names an input that its first argument does not read; both "
                  "stand in 'check_differentiated'");
    static_assert(!is_viewed<A, Input>(),
                  "kd: gradient_of names an input that its first argument slices or merges; both "
                  "stand in 'check_differentiated'; declare what is needed of it as an input of "
                  "its own");
    return reads<A, Input>() && !is_viewed<A, Input>();
  }
}

template <bool IsInput, class By>
constexpr mistaken differentiates_by_an_input() {
  static_assert(IsInput,
                "kd: gradient_of(objective, input) differentiates with respect to an input; what "
                "was given stands in 'differentiates_by_an_input<...>'; declare as an input what "
                "it computes");
  return {};
}

}  // namespace detail

/// The gradient of a scalar expression with respect to one of its inputs, of any role: itself an
/// expression, with the input's axes, which can be computed with and differentiated again.
template <Expression A, role Role, fixed_string Model, fixed_string Name, class... Axes>
KD_INLINE constexpr auto gradient_of(const A& a, const input<Role, Model, Name, Axes...>&) {
  using by = input<Role, Model, Name, Axes...>;
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else if constexpr (!detail::check_differentiated<A, by>()) return detail::mistaken{};
  else return detail::gradient_expression<A, by>(a);
}

template <Expression A, class By>
constexpr auto gradient_of(const A&, const By&) {
  if constexpr (detail::any_mistaken<A, By>) return detail::mistaken{};
  else return detail::differentiates_by_an_input<false, By>();
}

}  // namespace kd
