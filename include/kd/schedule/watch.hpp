// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind watch_kind{
    "watch", {}, [](schedule_part s, double) { return s.source(); }};

template <bool IsVariable, class Variable>
constexpr double variable_is_watched() {
  static_assert(IsVariable,
                "kd: watch reads a variable of type double at every call, and was given another "
                "type or a temporary; it stands in 'variable_is_watched<...>'; keep a double that "
                "lives as long as the program");
  return 1;
}
}  // namespace detail

/// watch(x)(p) = x, read at every evaluation: how what changes during training (feedback, a slider)
/// reaches a compiled program. The schedule and every program that it is part of read x itself, so
/// x has to stay where it is for as long as they are used.
constexpr schedule watch(const double& variable) { return {detail::watch_kind, &variable}; }
template <class Variable>
requires(!std::is_same_v<std::remove_cv_t<Variable>, double&> &&
         !std::is_same_v<Variable, const double&>) constexpr schedule watch(Variable&&) {
  return detail::variable_is_watched<false, Variable>();
}

}  // namespace kd
