// SPDX-License-Identifier: MIT
// The value of a formula where it is not defined.
#pragma once
#include <kd/dsl/elementwise.hpp>

namespace kd {

namespace detail {
template <fixed_string Reason>
struct undefined : expression_base {
  static constexpr axis_list axes{};
  static constexpr std::uint64_t hash = hash_of("undefined", hash_text(Reason.view()));
  static constexpr int numbers = 0;
  static constexpr bool is_one_node = true;
  static constexpr term lower(lowering& l) { return l.not_a_number(Reason.view()); }
  KD_INLINE constexpr void scalars(auto&) const {}
};
}  // namespace detail

/// Not a number, `where(inside, x, not_a_number)`.
inline constexpr auto not_a_number = log(constant_of<-1>);
/// The same with a reason, which a call with `kd::non_finite::check` throws if this spoils its
/// value: `where(inside, x, not_a_number_because<"x is not inside">)`.
template <fixed_string Reason>
inline constexpr detail::undefined<Reason> not_a_number_because{};

}  // namespace kd
