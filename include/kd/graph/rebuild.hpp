// SPDX-License-Identifier: MIT
// Rebuilding a graph: what every pass that replaces nodes does.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

/// Marks the nodes that the objective, its named terms and its gradients are made of.
constexpr void mark_needed(const graph& g, bool (&needed)[max_nodes]) {
  needed[g.value] = true;
  for (int i = 0; i < g.terms; ++i) needed[g.term[i].value] = true;
  for (int i = 0; i < g.inputs; ++i)
    if (g.gradient[i] >= 0) needed[g.gradient[i]] = true;
  for (int i = g.size - 1; i >= 0; --i)
    if (needed[i])
      for (int operand : g[i].operand)
        if (operand >= 0) needed[operand] = true;
}

/// A copy of everything about a graph but its nodes.
constexpr graph without_nodes(const graph& g) {
  graph out;
  out.inputs = g.inputs, out.slots = g.slots, out.axes = g.axes, out.terms = g.terms;
  for (int i = 0; i < g.inputs; ++i) out.input[i] = g.input[i];
  for (int i = 0; i < g.slots; ++i) out.slot[i] = g.slot[i];
  for (int i = 0; i < g.axes; ++i) out.axis_name[i] = g.axis_name[i];
  for (int i = 0; i < g.terms; ++i) out.term[i] = g.term[i];
  out.reasons = g.reasons;
  for (int i = 0; i < g.reasons; ++i) out.reason[i] = g.reason[i];
  return out;
}

/// A graph whose needed nodes are rebuilt by step(out, node with operands in out, its number in g),
/// which returns a term of out.
template <class Step>
constexpr graph rebuild(const graph& g, Step step) {
  if (g.full) return g;
  graph out = without_nodes(g);
  bool needed[max_nodes]{};
  mark_needed(g, needed);
  int moved[max_nodes]{};
  for (int i = 0; i < g.size; ++i) {
    if (!needed[i]) continue;
    node n = g[i];
    for (auto& operand : n.operand)
      if (operand >= 0) operand = static_cast<std::int16_t>(moved[operand]);
    moved[i] = step(out, n, i).index;
    if (out.full) {
      for (int rest = i + 1; rest < g.size; ++rest) out.beyond += needed[rest] ? 1 : 0;
      out.value = 0;  // an index that may be looked at
      for (int t = 0; t < g.terms; ++t) out.term[t].value = 0;
      return out;
    }
  }
  out.value = moved[g.value];
  for (int i = 0; i < g.terms; ++i) out.term[i].value = moved[g.term[i].value];
  for (int i = 0; i < g.inputs; ++i)
    out.gradient[i] = g.gradient[i] < 0 ? -1 : moved[g.gradient[i]];
  return out;
}

}  // namespace kd::detail
