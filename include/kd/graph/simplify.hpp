// SPDX-License-Identifier: MIT
// Simplify: rebuilds the graph node by node, each through `rewrite`, which returns an equal and
// cheaper term.
//   constants are folded; x*1, x*0, x+0, x/1, 0/x, --x; where with a constant condition or equal
//   choices; signs move outwards
//   x / s with a scalar of fewer axes becomes x * (1/s); factors of fewer axes are collected:
//     (x*s)*r = x*(s*r)
//   a factor without the summed axes leaves the sum; sum(softmax) = sum(one_hot) = 1,
//     the sum of a gap between softmaxes is 0
//   pick and rename move to the leaves; stop_gradient and reverse_gradient have done their work
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

constexpr bool is_constant(term t) { return t.get().code == op::constant; }
constexpr bool is_constant(term t, double value) {
  return is_constant(t) && t.get().value == value;
}

/// Operand k of a term's node.
constexpr term operand(term t, int k) { return {t.g, t.get().operand[k]}; }

/// Whether t is x - log_sum_exp(x) over exactly these axes.
constexpr bool is_log_softmax(term t, axis_set over) {
  if (t.get().code != op::subtract) return false;
  const term x = operand(t, 0), lse = operand(t, 1);
  return lse.get().code == op::log_sum_exp && lse.get().over == over &&
         lse.get().operand[0] == x.index;
}

/// Whether t is exp(x - log_sum_exp(x)) over exactly these axes: a softmax, whose sum is 1.
constexpr bool is_softmax(term t, axis_set over) {
  return t.get().code == op::exp && is_log_softmax(operand(t, 0), over);
}

constexpr term rewrite(op code, term a, term b = {}, term c = {}, axis_set over = 0,
                       int payload = 0);

constexpr term rewrite_add(term a, term b) {
  if (is_constant(a, 0)) return b;
  if (is_constant(b, 0)) return a;
  if (is_constant(a) && is_constant(b)) return constant(*a.g, a.get().value + b.get().value);
  if (b.get().code == op::negate) return rewrite(op::subtract, a, operand(b, 0));
  if (a.get().code == op::negate) return rewrite(op::subtract, b, operand(a, 0));
  return a + b;
}

constexpr term rewrite_subtract(term a, term b) {
  if (is_constant(b, 0)) return a;
  if (is_constant(a, 0)) return rewrite(op::negate, b);
  if (is_constant(a) && is_constant(b)) return constant(*a.g, a.get().value - b.get().value);
  if (b.get().code == op::negate) return rewrite(op::add, a, operand(b, 0));
  return a - b;
}

constexpr term rewrite_negate(term a) {
  if (is_constant(a)) return constant(*a.g, -a.get().value);
  if (a.get().code == op::negate) return operand(a, 0);
  if (a.get().code == op::subtract) return rewrite(op::subtract, operand(a, 1), operand(a, 0));
  return -a;
}

/// Whether `factor` varies along fewer axes than `term` does: it is worth keeping apart.
constexpr bool narrower(term factor, term wide) {
  return factor.axes() != wide.axes() && contains(wide.axes(), factor.axes());
}

constexpr term rewrite_multiply(term a, term b) {
  if (is_constant(a)) {
    const term t = a;
    a = b;
    b = t;
  }  // a constant comes second
  if (is_constant(b, 0) || is_constant(a, 0)) return constant(*a.g, 0);
  if (is_constant(b, 1)) return a;
  if (is_constant(b, -1)) return rewrite(op::negate, a);
  if (is_constant(a) && is_constant(b)) return constant(*a.g, a.get().value * b.get().value);
  if (a.get().code == op::negate)
    return rewrite(op::negate, rewrite(op::multiply, operand(a, 0), b));
  if (b.get().code == op::negate)
    return rewrite(op::negate, rewrite(op::multiply, a, operand(b, 0)));
  if (narrower(a, b)) {
    const term t = a;
    a = b;
    b = t;
  }
  if (narrower(b, a) && a.get().code == op::multiply)  // (x * s) * r = x * (s * r)
    for (int k : {0, 1}) {
      const term factor = operand(a, k), rest = operand(a, 1 - k);
      if (narrower(factor, a) && contains(rest.axes(), a.axes()))
        return rewrite(op::multiply, rest, rewrite(op::multiply, factor, b));
    }
  return a * b;
}

constexpr term rewrite_divide(term a, term b) {
  if (is_constant(b, 1)) return a;
  if (is_constant(a, 0)) return a;
  if (is_constant(a) && is_constant(b)) return constant(*a.g, a.get().value / b.get().value);
  if (a.get().code == op::negate) return rewrite(op::negate, rewrite(op::divide, operand(a, 0), b));
  if (narrower(b, a)) return rewrite(op::multiply, a, rewrite(op::divide, constant(*a.g, 1), b));
  return a / b;
}

/// Comparisons of constants and the greater or smaller of them.
constexpr term rewrite_choice(op code, term a, term b) {
  if (!is_constant(a) || !is_constant(b)) return apply(code, a, b);
  const double x = a.get().value, y = b.get().value;
  const bool greater = x > y, equal = x == y;
  switch (code) {
    case op::maximum: return greater || equal ? a : b;
    case op::minimum: return greater ? b : a;
    case op::greater: return constant(*a.g, greater);
    case op::greater_equal: return constant(*a.g, greater || equal);
    default: return constant(*a.g, equal);
  }
}

constexpr term rewrite_where(term condition, term a, term b) {
  if (a.index == b.index) return a;
  if (is_constant(condition)) return is_constant(condition, 0) ? b : a;
  return where(condition, a, b);
}

constexpr term rewrite_reduction(op code, term a, axis_set over) {
  graph& g = *a.g;
  const axis_set absent = over & ~a.axes();
  if (code != op::sum) {  // absent axes: a gradient is constant along them
    const term present = reduce(code, a, over & ~absent);
    if (code != op::log_sum_exp || absent == 0) return present;
    return rewrite(op::add, present, log(extent(g, absent)));
  }
  if (absent != 0) {
    const term rest = a.axes() & over ? rewrite(op::sum, a, {}, {}, over & ~absent) : a;
    return rewrite(op::multiply, rest, extent(g, absent));
  }
  if (is_softmax(a, over)) return constant(g, 1);
  if (a.get().code == op::gap && is_log_softmax(operand(a, 0), over) &&
      is_log_softmax(operand(a, 1), over))
    return constant(g, 0);
  if (a.get().code == op::one_hot && a.get().over == over) return constant(g, 1);
  if (a.get().code == op::negate)
    return rewrite(op::negate, rewrite(op::sum, operand(a, 0), {}, {}, over));
  if (a.get().code == op::multiply)
    for (int k : {0, 1})
      if (!overlap(operand(a, k).axes(), over))
        return rewrite(op::multiply, rewrite(op::sum, operand(a, 1 - k), {}, {}, over),
                       operand(a, k));
  return reduce(op::sum, a, over);
}

/// Moves pick or rename from an elementwise value to its operands, until it stands on values in
/// memory.
constexpr term rewrite_view(op code, term a, term labels, axis_set over, int payload) {
  const axis_set moved = code == op::pick ? over : single(payload / max_axes);
  if (!overlap(a.axes(), moved)) return a;
  if (code == op::rename && a.get().code == op::rename &&
      a.get().payload == payload % max_axes * max_axes + payload / max_axes)
    return operand(a, 0);
  if (code == op::rename && a.get().code == op::position)
    return position(*a.g, single(payload % max_axes));
  if (!is_elementwise(a.get().code) || a.get().code == op::one_hot)
    return apply(code, a, labels, {}, over, payload);
  term moved_operand[3];
  for (int k = 0; k < 3; ++k)
    if (a.get().operand[k] >= 0)
      moved_operand[k] = rewrite(code, operand(a, k), labels, {}, over, payload);
  return rewrite(a.get().code, moved_operand[0], moved_operand[1], moved_operand[2], a.get().over);
}

/// A matrix product as long as both sides have the summed axes and an axis is left; else sums, and
/// what leaves no axis is one row.
constexpr term rewrite_contract(term a, term b, axis_set over) {
  const axis_set of_a = over & ~b.axes(), of_b = over & b.axes() & ~a.axes();
  if (of_a != 0) a = rewrite(op::sum, a, {}, {}, of_a);
  if (of_b != 0) b = rewrite(op::sum, b, {}, {}, of_b);
  over &= ~(of_a | of_b);
  if (over != 0 && !contains(over, a.axes() | b.axes())) return apply(op::contract, a, b, {}, over);
  const term product = rewrite(op::multiply, a, b);
  return over == 0 ? product : rewrite(op::sum, product, {}, {}, over);
}

constexpr term rewrite(op code, term a, term b, term c, axis_set over, int payload) {
  if (a.g->full) return a;  // ends recursions, whose results would not get smaller
  switch (code) {
    case op::add: return rewrite_add(a, b);
    case op::subtract: return rewrite_subtract(a, b);
    case op::negate: return rewrite_negate(a);
    case op::multiply: return rewrite_multiply(a, b);
    case op::divide: return rewrite_divide(a, b);
    case op::maximum:
    case op::minimum:
    case op::greater:
    case op::greater_equal:
    case op::equal: return rewrite_choice(code, a, b);
    case op::where: return rewrite_where(a, b, c);
    case op::stop_gradient:
    case op::reverse_gradient: return a;
    case op::sum:
    case op::max:
    case op::log_sum_exp:
    case op::largest: return rewrite_reduction(code, a, over);
    case op::one_hot: return one_hot(a, over);  // labels were checked: nobody asks what is ignored
    case op::pick: return rewrite_view(code, a, b, over, payload);
    case op::rename: return rewrite_view(code, a, {}, over, payload);
    case op::contract: return rewrite_contract(a, b, over);
    default: return apply(code, a, b, c, over, payload);
  }
}

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
  return out;
}

/// A graph whose needed nodes are rebuilt by step(out, node with operands in out), which returns a
/// term of out.
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
    moved[i] = step(out, n).index;
    if (out.full) return out;
  }
  out.value = moved[g.value];
  for (int i = 0; i < g.terms; ++i) out.term[i].value = moved[g.term[i].value];
  for (int i = 0; i < g.inputs; ++i)
    out.gradient[i] = g.gradient[i] < 0 ? -1 : moved[g.gradient[i]];
  return out;
}

/// The same values from cheaper nodes, without the nodes that nothing needs.
constexpr graph simplify(const graph& g) {
  const graph cheaper = rebuild(g, [](graph& out, const node& n) {
    if (is_leaf(n.code)) return make(out, n);
    auto at = [&](int k) { return n.operand[k] < 0 ? term{} : term{&out, n.operand[k]}; };
    return rewrite(n.code, at(0), at(1), at(2), n.over, n.payload);
  });
  return rebuild(cheaper, [](graph& out, const node& n) { return make(out, n); });
}

}  // namespace kd::detail
