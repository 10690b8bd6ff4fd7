// SPDX-License-Identifier: MIT
// Reverse mode: walks the graph from a scalar to the inputs and lets every operation's pullback add
// nodes. Adjoints may lack axes of the value they belong to; they are then constant along them.
// An adjoint that a `where` makes 0 carries its gates along (gates.hpp).
#pragma once
#include <kd/graph/gates.hpp>

namespace kd::detail {

struct adjoint {
  term value{};  // means something where the gates are open only
  gates open{};  // elsewhere the adjoint is 0

  // Not by its index: in a large array g++ 12 leaves out initialisers other than 0.
  constexpr bool is_there() const { return value.g != nullptr; }
};

/// The sum of two adjoints: behind the gates that both have, and open where one of them is. Of the
/// two sides of one choice it is a choice between them.
constexpr adjoint add_adjoints(const adjoint& a, const adjoint& b) {
  const gates both = common(a.open, b.open);
  const gates only_a = without(a.open, both), only_b = without(b.open, both);
  if (only_a.size == 0 && only_b.size == 0) return {a.value + b.value, both};
  if (are_opposite(only_a, only_b)) {
    const gate& one = only_a.at[0];
    const term yes = one.holds ? a.value : b.value, no = one.holds ? b.value : a.value;
    return {yes.index == no.index ? yes : where(one.condition, yes, no), both};
  }
  const term sum = only_a.close(a.value) + only_b.close(b.value);
  if (only_a.size == 0 || only_b.size == 0) return {sum, both};
  return {sum, both.and_open_where(
                   apply(op::maximum, only_a.as_number(*a.value.g), only_b.as_number(*a.value.g)))};
}

struct adjoints {
  graph& g;
  axis_set out_axes = 0;
  gates open{};              // of the adjoint at work
  bool wanted[max_nodes]{};  // nodes that depend on what is differentiated by
  adjoint of[max_nodes]{};

  constexpr void operator()(term x, term contribution) {
    (*this)(x, contribution, out_axes | x.axes());
  }
  /// Adds a contribution that is understood to have the axes `full`: what x lacks of them is
  /// summed. Gates without the summed axes stay; behind a sum of others is 0 where all are closed.
  constexpr void operator()(term x, term contribution, axis_set full) {
    if (!wanted[x.index]) return;
    const axis_set lost = (full | contribution.axes() | open.axes()) & ~x.axes();
    const gates summed = open.over(lost), kept = without(open, summed);
    contribution = summed.close(contribution);
    const axis_set varying = lost & contribution.axes(), constant = lost & ~varying;
    contribution = reduce(op::sum, contribution, varying);
    if (constant != 0) contribution = contribution * extent(g, constant);
    adjoint more{contribution, kept};
    if (const gates chosen = summed.of_where(); chosen.size > 0)
      more.open = kept.and_open_where(chosen.any(g, lost));
    adjoint& all = of[x.index];
    all = all.is_there() ? add_adjoints(all, more) : more;
  }
  /// The same of an operand of a choice: behind one gate more.
  constexpr void behind(const gate& more, term x, term contribution) {
    const gates outside = open;
    open = open.and_also(more);
    (*this)(x, contribution);
    open = outside;
  }
  /// The same of the product of an adjoint with y, summed over axes that x lacks. Where no adjoint
  /// is, y may be anything, and counts as 0.
  constexpr void summed(term x, term adjoint, term y, axis_set over) {
    const gates outside = open, inside = open.over(~x.axes()), chosen = inside.of_where();
    open = without(open, inside);
    if (chosen.size > 0) open = open.and_open_where(chosen.any(g, ~x.axes()));
    const int payload = inside.size > 0 ? skips_zeros : 0;
    (*this)(x, contract(inside.close(adjoint), y, over, payload), x.axes());
    open = outside;
  }
  /// The same of make(adjoint), which ends some axes: gates over these close before, and what no
  /// open one leads to is 0.
  template <class Make>
  constexpr void made(term x, term adjoint, axis_set ended, axis_set full, Make make) {
    const gates outside = open, inside = open.over(ended);
    open = without(open, inside);
    if (const gates chosen = inside.of_where(); chosen.size > 0)
      open = open.and_open_where(make(chosen.as_number(g)));
    (*this)(x, make(inside.close(adjoint)), full);
    open = outside;
  }
  /// The same of an adjoint with axis `from` called `to`.
  constexpr void renamed(term x, term adjoint, int from, int to) {
    const gates outside = open;
    for (int k = 0; k < open.size; ++k)
      open.at[k].condition = rename(open.at[k].condition, from, to);
    (*this)(x, rename(adjoint, from, to), x.axes());
    open = outside;
  }
  /// The derivative with respect to node i, 0 if nothing reached it.
  constexpr int derivative(int i) const {
    return of[i].is_there() ? of[i].open.close(of[i].value).index : constant(g, 0).index;
  }
};

/// Fills the adjoints of everything that `value` depends on and that leads to a node for which
/// by(its number) holds.
template <class By>
constexpr void differentiate(adjoints& d, int value, By by) {
  graph& g = d.g;
  for (int i = 0; i <= value; ++i) {
    const node& n = g[i];
    d.wanted[i] = by(i);
    for (int operand : n.operand)
      if (operand >= 0 && d.wanted[operand]) d.wanted[i] = true;
  }
  if (g.full) return;
  d.of[value].value = constant(g, 1);
  for (int i = value; i >= 0; --i) {
    if (!d.wanted[i] || !d.of[i].is_there()) continue;
    const node n = g[i];
    auto operand = [&](int k) { return n.operand[k] < 0 ? term{} : term{&g, n.operand[k]}; };
    d.out_axes = n.axes;
    d.open = d.of[i].open;
    visit(n.code, [&](auto row) {
      decltype(row)::pullback(d, operand(0), operand(1), operand(2), term{&g, i}, d.of[i].value);
    });
  }
}

/// The derivative of a scalar with respect to an input: a term like any other.
constexpr term derivative(term value, term input) {
  adjoints d{*value.g};
  differentiate(d, value.index, [&](int i) { return i == input.index; });
  return {value.g, d.derivative(input.index)};
}

/// Adds the gradient of the objective with respect to every student and learnable input.
constexpr void differentiate(graph& g) {
  adjoints d{g};
  const int last = g.value;
  differentiate(d, last, [&](int i) {
    return g[i].code == op::input && g.input[g[i].payload].differentiable();
  });
  for (int i = 0; i < g.inputs; ++i) g.gradient[i] = -1;
  for (int i = 0; i <= last; ++i)
    if (g[i].code == op::input && d.wanted[i]) g.gradient[g[i].payload] = d.derivative(i);
}

}  // namespace kd::detail
