// SPDX-License-Identifier: MIT
// Reverse mode: walks the graph from a scalar to the inputs and lets every operation's pullback add
// nodes. Adjoints may lack axes of the value they belong to; they are then constant along them.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

struct adjoints {
  graph& g;
  axis_set out_axes = 0;
  bool wanted[max_nodes]{};  // nodes that depend on what is differentiated by
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
  /// The derivative with respect to node i, 0 if nothing reached it.
  constexpr int derivative(int i) const { return of[i] == 0 ? constant(g, 0).index : of[i] - 1; }
};

/// Fills the adjoints of everything that `value` depends on and that leads to an input for which
/// by(number of the input) holds.
template <class By>
constexpr void differentiate(adjoints& d, int value, By by) {
  graph& g = d.g;
  for (int i = 0; i <= value; ++i) {
    const node& n = g[i];
    d.wanted[i] = n.code == op::input && by(n.payload);
    for (int operand : n.operand)
      if (operand >= 0 && d.wanted[operand]) d.wanted[i] = true;
  }
  d.of[value] = 1 + constant(g, 1).index;
  for (int i = value; i >= 0; --i) {
    if (g.full) return;
    if (!d.wanted[i] || d.of[i] == 0) continue;
    const node n = g[i];
    auto operand = [&](int k) { return n.operand[k] < 0 ? term{} : term{&g, n.operand[k]}; };
    d.out_axes = n.axes;
    visit(n.code, [&](auto row) {
      decltype(row)::pullback(d, operand(0), operand(1), operand(2), term{&g, i},
                              term{&g, d.of[i] - 1});
    });
  }
}

/// The derivative of a scalar with respect to an input: a term like any other.
constexpr term derivative(term value, term input) {
  adjoints d{*value.g};
  const int k = input.get().payload;
  differentiate(d, value.index, [&](int i) { return i == k; });
  return {value.g, d.derivative(input.index)};
}

/// Adds the gradient of the objective with respect to every student and learnable input.
constexpr void differentiate(graph& g) {
  adjoints d{g};
  const int last = g.value;
  differentiate(d, last, [&](int k) { return g.input[k].differentiable(); });
  for (int i = 0; i < g.inputs; ++i) g.gradient[i] = -1;
  for (int i = 0; i <= last; ++i)
    if (g[i].code == op::input && d.wanted[i]) g.gradient[g[i].payload] = d.derivative(i);
}

}  // namespace kd::detail
