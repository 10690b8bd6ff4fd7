// SPDX-License-Identifier: MIT
// Reverse mode: walks the graph from a scalar to the inputs and lets every operation's pullback add
// nodes. Adjoints may lack axes of the value they belong to; they are then constant along them.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

/// What a `where` that is 0 on one side lets through, and where: not a gate without a term.
struct gate {
  term condition, passes;
  bool on_true = true;  // passes where the condition holds, else where it does not

  constexpr explicit gate(term t) {
    if (t.get().code != op::where) return;
    const auto side = [&](int k) { return term{t.g, t.get().operand[k]}; };
    const auto is_zero = [](const node& n) { return n.code == op::constant && n.value == 0; };
    on_true = is_zero(side(2).get());
    if (!on_true && !is_zero(side(1).get())) return;
    condition = side(0);
    passes = side(on_true ? 1 : 2);
  }
  constexpr gate() = default;
  constexpr bool is_open() const { return passes.index >= 0; }
  constexpr term close(term t) const {
    const term none = constant(*t.g, 0);
    return on_true ? where(condition, t, none) : where(condition, none, t);
  }
};

/// The sum of two adjoints; of two behind the same gate, behind it; of two behind its two sides, a
/// choice between them.
constexpr term add_adjoints(term a, term b) {
  const gate of_a(a), of_b(b);
  const bool same =
      of_a.is_open() && of_b.is_open() && of_a.condition.index == of_b.condition.index;
  if (!same) return a + b;
  if (of_a.on_true == of_b.on_true) return of_a.close(add_adjoints(of_a.passes, of_b.passes));
  const gate &taken = of_a.on_true ? of_a : of_b, &other = of_a.on_true ? of_b : of_a;
  if (taken.passes.index == other.passes.index) return taken.passes;
  return where(taken.condition, taken.passes, other.passes);
}

struct adjoints {
  graph& g;
  axis_set out_axes = 0;
  static constexpr int max_gates = 4;
  gate gates[max_gates]{};  // of the adjoint at work, outermost first
  int depth = 0;
  bool wanted[max_nodes]{};  // nodes that depend on what is differentiated by
  int of[max_nodes]{};       // node index + 1

  constexpr void operator()(term x, term contribution) {
    (*this)(x, contribution, out_axes | x.axes());
  }
  /// Adds a contribution that is understood to have the axes `full`: what x lacks of them is
  /// summed.
  constexpr void operator()(term x, term contribution, axis_set full) {
    if (!wanted[x.index]) return;
    for (int k = depth - 1; k >= 0; --k) contribution = gates[k].close(contribution);
    const axis_set lost = (full | contribution.axes()) & ~x.axes();
    const axis_set varying = lost & contribution.axes(), constant = lost & ~varying;
    contribution = reduce(op::sum, contribution, varying);
    if (constant != 0) contribution = contribution * extent(g, constant);
    int& adjoint = of[x.index];
    adjoint =
        1 + (adjoint == 0 ? contribution : add_adjoints({&g, adjoint - 1}, contribution)).index;
  }
  /// Takes the gates off an adjoint: a pullback is linear in it, so they may come after what it
  /// makes. A choice's gradient is then exactly 0 on the side that was not taken, and not 0 times
  /// the infinite derivative of a root or logarithm there.
  constexpr term open(op code, term adjoint) {
    depth = 0;
    if (code == op::contract || code == op::rename) return adjoint;
    for (gate next(adjoint); depth < max_gates && next.is_open(); next = gate(adjoint)) {
      gates[depth++] = next;
      adjoint = next.passes;
    }
    return adjoint;
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
    const term adjoint = d.open(n.code, {&g, d.of[i] - 1});
    visit(n.code, [&](auto row) {
      decltype(row)::pullback(d, operand(0), operand(1), operand(2), term{&g, i}, adjoint);
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
