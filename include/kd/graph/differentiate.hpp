// SPDX-License-Identifier: MIT
// Reverse mode: walks the graph from the objective to the inputs and lets every operation's
// pullback add nodes.
// Adjoints may lack axes of the value they belong to; they are then constant along them.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

struct adjoints {
  graph& g;
  axis_set out_axes = 0;
  bool wanted[max_nodes]{};  // nodes that depend on a differentiable input
  int of[max_nodes]{};       // node index + 1

  constexpr void operator()(term x, term contribution) {
    (*this)(x, contribution, out_axes | x.axes());
  }
  /// Adds a contribution that is understood to have the axes `full`: what x lacks of them is
  /// summed.
  constexpr void operator()(term x, term contribution, axis_set full) {
    if (!wanted[x.index]) return;
    const axis_set lost = (full | contribution.axes()) & ~x.axes();
    const axis_set varying = lost & contribution.axes(), constant = lost & ~varying;
    contribution = reduce(op::sum, contribution, varying);
    if (constant != 0) contribution = contribution * extent(g, constant);
    int& adjoint = of[x.index];
    adjoint = 1 + (adjoint == 0 ? contribution : term{&g, adjoint - 1} + contribution).index;
  }
};

/// Adds the gradient of the objective with respect to every student and learnable input.
constexpr void differentiate(graph& g) {
  adjoints d{g};
  const int last = g.value;
  for (int i = 0; i <= last; ++i) {
    const node& n = g[i];
    d.wanted[i] = n.code == op::input && g.input[n.payload].differentiable();
    for (int operand : n.operand)
      if (operand >= 0 && d.wanted[operand]) d.wanted[i] = true;
  }
  d.of[last] = 1 + constant(g, 1).index;
  for (int i = last; i >= 0; --i) {
    if (!d.wanted[i] || d.of[i] == 0) continue;
    const node n = g[i];
    auto operand = [&](int k) { return n.operand[k] < 0 ? term{} : term{&g, n.operand[k]}; };
    d.out_axes = n.axes;
    visit(n.code, [&](auto row) {
      decltype(row)::pullback(d, operand(0), operand(1), operand(2), term{&g, i},
                              term{&g, d.of[i] - 1});
    });
  }
  for (int i = 0; i < g.inputs; ++i) g.gradient[i] = -1;
  for (int i = 0; i <= last; ++i)
    if (g[i].code == op::input && d.wanted[i])
      g.gradient[g[i].payload] = d.of[i] == 0 ? constant(g, 0).index : d.of[i] - 1;
}

}  // namespace kd::detail
