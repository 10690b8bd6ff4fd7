// SPDX-License-Identifier: MIT
// Why the value of a call is not a number, where its formulas say so.
#pragma once
#include <string>

#include <kd/graph/reasons.hpp>
#include <kd/run/backend.hpp>
#include <kd/run/compiled.hpp>

namespace kd::detail {

/// The program that counts, for each reason of an objective, where it holds.
template <class Tag>
struct compiled_reasons {
  static constexpr const graph& written = compiled<Tag>::lowered.g;
  static constexpr graph differentiated = reasons_of(written);
  static constexpr graph expanded = expand(simplify(differentiated));
  static constexpr partitioned parts = partition(expanded);
  static constexpr program value = schedule_program(parts);
};

/// Whether an objective has reasons, and they fit into a program.
template <class Tag>
inline constexpr bool has_reasons = [] {
  if constexpr (compiled<Tag>::lowered.g.reasons > 0) return !compiled_reasons<Tag>::value.g.full;
  else return false;
}();

/// The first reason that holds for the tensors of a call, empty if none does.
template <class Tag, class T, class Backend>
std::string_view reason_of(const call& of, arena& workspace) {
  if constexpr (has_reasons<Tag>) {
    using compiled = compiled_reasons<Tag>;
    static constexpr const program_table& p = tables<compiled>::program;
    call c = of;  // with numbers and tensors of its own; the objective's scalars come first in both
    c.axes = p.g.axes;
    c.kept.resize(static_cast<std::size_t>(p.kept));
    c.scalar.resize(static_cast<std::size_t>(p.scalars));
    if constexpr (RunsItself<Backend>) Backend::template run<compiled, T>(c, workspace);
    else
      run_stages<compiled, T, Backend>(c, workspace, std::make_integer_sequence<int, p.stages>{});
    for (int k = 0; k < p.g.terms; ++k) {
      const int scalar = p.scalar_of[p.g.term[k].value];
      const double count =
          scalar >= 0 ? c.scalar[static_cast<std::size_t>(scalar)] : p.g[p.g.term[k].value].value;
      if (count > 0) return p.g.term[k].name;
    }
  }
  return {};
}

}  // namespace kd::detail
