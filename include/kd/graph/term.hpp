// SPDX-License-Identifier: MIT
// A handle on a node, with operators that build nodes: what pullbacks are written in.
#pragma once
#include <kd/graph/graph.hpp>

namespace kd::detail {

struct term {
  graph* g = nullptr;
  int index = -1;

  constexpr const node& get() const { return (*g)[index]; }
  constexpr axis_set axes() const { return get().axes; }
};

/// The axes of a node's value, from its operands' axes: the operation's shape rule
/// (`operations.hpp`).
constexpr axis_set shape_of(const graph& g, const node& n);

constexpr term make(graph& g, node n) {
  n.axes = shape_of(g, n);
  return {&g, g.add(n)};
}

constexpr term constant(graph& g, double value) {
  node n;
  n.value = value;
  return make(g, n);
}

/// Whether operands may be exchanged; of a maximum the first gets the gradient at a tie.
constexpr bool commutes(op code) {
  return code == op::add || code == op::multiply || code == op::equal;
}

/// The node of an operation on terms; `over` and `payload` as the operation needs them.
constexpr term apply(op code, term a, term b = {}, term c = {}, axis_set over = 0,
                     int payload = 0) {
  node n;
  n.code = code;
  n.over = over;
  n.payload = static_cast<std::int16_t>(payload);
  int at = 0;
  for (const term& t : {a, b, c})
    if (t.index >= 0) n.operand[at++] = static_cast<std::int16_t>(t.index);
  if (commutes(code) && n.operand[0] > n.operand[1]) {
    const auto first = n.operand[0];
    n.operand[0] = n.operand[1];
    n.operand[1] = first;
  }
  return make(*a.g, n);
}

/// The number of positions along the given axes, a scalar.
constexpr term extent(graph& g, axis_set of) {
  node n;
  n.code = of == 0 ? op::constant : op::extent;
  n.over = of;
  n.value = of == 0 ? 1 : 0;
  return make(g, n);
}

/// The index 0, 1, 2, ... along an axis.
constexpr term position(graph& g, axis_set along) {
  node n;
  n.code = op::position;
  n.over = along;
  return make(g, n);
}

/// A reduction over axes that the operand has.
constexpr term reduce(op code, term a, axis_set over) {
  return over == 0 ? a : apply(code, a, {}, {}, over);
}

constexpr term operator+(term a, term b) { return apply(op::add, a, b); }
constexpr term operator-(term a, term b) { return apply(op::subtract, a, b); }
constexpr term operator*(term a, term b) { return apply(op::multiply, a, b); }
constexpr term operator/(term a, term b) { return apply(op::divide, a, b); }
constexpr term operator-(term a) { return apply(op::negate, a); }
constexpr term operator*(double a, term b) { return constant(*b.g, a) * b; }
constexpr term operator+(double a, term b) { return constant(*b.g, a) + b; }
constexpr term operator-(double a, term b) { return constant(*b.g, a) - b; }
constexpr term operator/(double a, term b) { return constant(*b.g, a) / b; }
constexpr term exp(term a) { return apply(op::exp, a); }
constexpr term log(term a) { return apply(op::log, a); }
constexpr term pow(term a, term b) { return apply(op::power, a, b); }
constexpr term sign(term a) { return apply(op::sign, a); }
constexpr term sigmoid(term a) { return apply(op::sigmoid, a); }
constexpr term where(term c, term a, term b) { return apply(op::where, c, a, b); }
constexpr term equal(term a, term b) { return apply(op::equal, a, b); }
constexpr term greater(term a, term b) { return apply(op::greater, a, b); }
constexpr term greater_equal(term a, term b) { return apply(op::greater_equal, a, b); }

/// The sum of a product along axes: a named einsum. An axis that one side lacks is summed on the
/// other. The payload may be skips_zeros.
constexpr term contract(term a, term b, axis_set over, int payload = 0) {
  const axis_set shared = a.axes() & b.axes() & over;
  const axis_set neither = over & ~(a.axes() | b.axes());
  a = reduce(op::sum, a, a.axes() & over & ~shared);
  b = reduce(op::sum, b, b.axes() & over & ~shared);
  term product = shared == 0 ? a * b : apply(op::contract, a, b, {}, shared, payload);
  if (shared == 0 && payload == skips_zeros)
    product = where(equal(a, constant(*a.g, 0)), constant(*a.g, 0), product);
  return neither == 0 ? product : product * extent(*a.g, neither);
}

/// The same values with axis `from` called `to`.
constexpr term rename(term a, int from, int to) {
  if (!contains(a.axes(), single(from))) return a;
  return apply(op::rename, a, {}, {}, 0, from * max_axes + to);
}

/// 1 at the class that the labels name, 0 elsewhere (everywhere, if the label is outside the axis).
/// `ignored` is the label that may be outside; it is for the check of labels only.
constexpr term one_hot(term labels, axis_set classes, term ignored = {}) {
  return apply(op::one_hot, labels, ignored, {}, classes);
}

/// Adds x, position by position of the labels, at the class that the label names, along the axes
/// `over` of the labels. A label outside the axis adds nothing.
constexpr term scatter(term x, term labels, axis_set classes, axis_set over, term ignored = {}) {
  return apply(op::scatter, x, labels, ignored, over, axis_of(classes));
}

/// The value at the class that the labels name (0, if the label is outside the axis).
constexpr term pick(term a, term labels, axis_set classes, term ignored = {}) {
  return apply(op::pick, a, labels, ignored, classes);
}

}  // namespace kd::detail

#include <kd/graph/operations.hpp>  // defines shape_of
