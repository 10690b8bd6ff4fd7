// SPDX-License-Identifier: MIT
// Which comparisons are of labels and positions: these are compared as integers, because as numbers
// of the kernel's type several would be one (float: above 2^24). Of a graph, or of its table.
#pragma once
#include <kd/graph/operation_table.hpp>

namespace kd::detail {

/// Whether a value is labels, perhaps with renamed axes.
template <class Graph>
constexpr bool is_labels(const Graph& g, int i) {
  while (g[i].code == op::rename) i = g[i].operand[0];
  return g[i].code == op::input && g.input[g[i].payload].role == role::labels;
}
template <class Graph>
constexpr bool is_index(const Graph& g, int i) {
  return g[i].code == op::position || is_labels(g, i);
}

/// Whether node i compares labels or positions with each other, or labels with the ignored one.
template <class Graph>
constexpr bool compares_indices(const Graph& g, int i) {
  const node& n = g[i];
  switch (n.code) {
    case op::one_hot: return true;
    case op::is_label: {
      const node& ignored = g[n.operand[1]];
      return is_labels(g, n.operand[0]) &&
             (ignored.code == op::slot || ignored.code == op::constant);
    }
    case op::greater:
    case op::greater_equal:
    case op::equal: return is_index(g, n.operand[0]) && is_index(g, n.operand[1]);
    default: return false;
  }
}

}  // namespace kd::detail
