// SPDX-License-Identifier: MIT
#pragma once
#include <kd/dsl/expression.hpp>
#include <kd/dsl/fixed_string.hpp>

namespace kd {

namespace detail {

template <fixed_string Name, class A>
struct named_expression : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit named_expression(A x) : a(x) {}

  static constexpr axis_list axes = A::axes;
  static constexpr std::uint64_t hash = hash_of("named", hash_text(Name.view()), A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    const int outside = l.scope;
    l.scope = ++l.scopes;
    const term x = A::lower(l);
    l.scope = outside;
    if (x.axes() == 0 && l.again == 0 && l.g.has_room(l.g.terms, max_terms, limit::named_parts))
      l.g.term[l.g.terms++] = {Name.view(), x.index};
    return x;
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

}  // namespace detail

/// Names a part of the objective. A scalar part's value is given by `result.term<"name">()`;
/// parameters inside have a scope of their own. Every loss names itself.
template <fixed_string Name, Expression A>
KD_INLINE constexpr auto named(const A& a) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else return detail::named_expression<Name, A>(a);
}

}  // namespace kd
