// SPDX-License-Identifier: MIT
// Makes a graph that fails a check smaller: puts an earlier node with the same axes in a node's
// place as long as the check still fails.
#pragma once
#include <kd/graph/simplify.hpp>

namespace kd::test {

using namespace kd::detail;

/// The graph with node j in place of node i and without what is then unused; full if axes do not
/// fit.
inline graph replaced(const graph& g, int i, int j) {
  graph out = without_nodes(g);
  int moved[max_nodes]{};
  for (int at = 0; at < g.size; ++at) {
    node n = g[at];
    for (auto& operand : n.operand)
      if (operand >= 0) operand = static_cast<std::int16_t>(moved[operand]);
    moved[at] = at == i ? moved[j] : make(out, n).index;
    if (out[moved[at]].axes != g[at].axes) out.full = true;
  }
  out.value = moved[g.value];
  for (int t = 0; t < g.terms; ++t) out.term[t].value = moved[g.term[t].value];
  for (int& gradient : out.gradient) gradient = -1;
  return out.full ? out : rebuild(out, [](graph& to, const node& n, int) { return make(to, n); });
}

/// The smallest graph found for which fails(graph) holds, as it does for g.
template <class Fails>
graph smallest(graph g, Fails fails) {
  for (bool again = true; again;) {
    again = false;
    if (graph without_terms = g; g.terms > 0) {
      without_terms.terms = 0;
      if (fails(without_terms)) g = without_terms;
    }
    for (int i = g.size - 1; i >= 0 && !again; --i)
      for (int j = 0; j < i && !again && !is_leaf(g[i].code); ++j) {
        if (g[j].axes != g[i].axes) continue;
        const graph less = replaced(g, i, j);
        if (!less.full && less.size < g.size && fails(less)) g = less, again = true;
      }
  }
  return g;
}

}  // namespace kd::test
