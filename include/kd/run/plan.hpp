// SPDX-License-Identifier: MIT
// What an objective was compiled to, to look at: as a value, as text, as a drawing.
#pragma once
#include <kd/graph/explain.hpp>
#include <kd/run/arguments.hpp>
#include <kd/run/compiled.hpp>

namespace kd {

/// The program that an objective is compiled to, a constexpr value: stages, instructions, graph.
template <Expression Objective>
KD_INLINE constexpr const detail::program& plan(const Objective&) {
  using compiled = detail::compiled<detail::tag_of<Objective>>;
  detail::check_fits<compiled>();
  return compiled::value;
}

/// What an objective was compiled to, as text: inputs, graph, stages, and what they cost, in float,
/// per position of axes.
template <Expression Objective>
KD_INLINE std::string explain(const Objective& objective) {
  return detail::explainer(plan(objective)).text();
}
/// The same with numbers for a call with these extents: `explain(objective, batch(256), ...)`.
/// Throws value_error for an axis that the objective lacks, a negative extent or one missing.
template <Expression Objective, std::same_as<axis_extent>... Extents>
requires(sizeof...(Extents) > 0) KD_INLINE std::string
    explain(const Objective& objective, const Extents&... extents) {
  const auto& g = detail::compiled<detail::tag_of<Objective>>::lowered.g;
  return detail::explainer(plan(objective), detail::extents_told(g, {extents...}).extent).text();
}

/// The graph that an objective was compiled to, in Graphviz's language: `dot -Tsvg` draws it.
template <Expression Objective>
KD_INLINE std::string graphviz(const Objective& objective) {
  return detail::graph_text(plan(objective).g).graphviz();
}

}  // namespace kd
