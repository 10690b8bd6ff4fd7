// SPDX-License-Identifier: MIT
// How exactly the tensors of a call are stored.
#pragma once
#include <kd/dsl/scalar.hpp>

namespace kd {

namespace detail {
template <class A>
struct unit_roundoff_of : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit unit_roundoff_of(A x) : a(x) {}

  static constexpr axis_list axes{};
  static constexpr std::uint64_t hash = hash_of("unit_roundoff", A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    bool read[max_nodes]{};
    term largest = constant(l.g, 0);
    const int last = A::lower(l).index;
    read[last] = true;
    for (int i = last; i >= 0; --i) {
      const node n = l.g[i];
      if (!read[i]) continue;
      for (int operand : n.operand)
        if (operand >= 0) read[operand] = true;
      if (n.code != op::input || l.g.input[n.payload].role == role::labels) continue;
      node roundoff;
      roundoff.code = op::unit_roundoff;
      roundoff.payload = n.payload;
      largest = apply(op::maximum, largest, make(l.g, roundoff));
    }
    return largest;
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};
}  // namespace detail

/// The largest relative error of a number that is rounded to the elements of the tensors from which
/// x is computed, the coarsest of them: 2^-8 for bfloat16, 2^-11 for float16, 2^-24 for float,
/// 2^-53 for double. A scalar, for tolerances.
template <Expression A>
KD_INLINE constexpr auto unit_roundoff(const A& x) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else return detail::unit_roundoff_of<A>(x);
}

}  // namespace kd
