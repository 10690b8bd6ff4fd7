// SPDX-License-Identifier: MIT
// Simplify: rebuilds the graph node by node, each through `rewrite`, which returns an equal and
// cheaper term.
//   constants are folded; x*1, x*0, x+0, x/1, 0/x, --x; where with a constant condition or equal
//   choices; signs move outwards
//   x / s with a scalar of fewer axes becomes x * (1/s); factors of fewer axes are collected:
//     (x*s)*r = x*(s*r)
//   a factor without the summed axes leaves the sum; sum(softmax) = sum(one_hot) = 1,
//     the sum of a gap between softmaxes is 0
//   a sum of one_hot * x over axes of the labels is a scatter
//   pick and rename move to the leaves; stop_gradient and reverse_gradient have done their work
#pragma once
#include <kd/graph/moved_views.hpp>
#include <kd/graph/rebuild.hpp>

namespace kd::detail {

constexpr bool is_constant(term t) { return t.get().code == op::constant; }
constexpr bool is_constant(term t, double value) {
  return is_constant(t) && t.get().value == value;
}

// What labels move, below (simplify_labels.hpp).
constexpr term rewrite_scatter(term x, term labels, term factor, axis_set over, int axis);
constexpr term rewrite_sum_by_labels(term a, axis_set over);
constexpr term rewrite_sum_of_picked(term a, axis_set over);

constexpr term rewrite_add(term a, term b) {
  if (is_constant(a, 0)) return b;
  if (is_constant(b, 0)) return a;
  if (is_constant(a) && is_constant(b)) return constant(*a.g, a.get().value + b.get().value);
  if (b.get().code == op::negate) return rewrite(op::subtract, a, operand(b, 0));
  if (a.get().code == op::negate) return rewrite(op::subtract, b, operand(a, 0));
  return add_or_subtract(op::add, a, b);
}

constexpr term rewrite_subtract(term a, term b) {
  if (is_constant(b, 0)) return a;
  if (is_constant(a, 0)) return rewrite(op::negate, b);
  if (is_constant(a) && is_constant(b)) return constant(*a.g, a.get().value - b.get().value);
  if (b.get().code == op::negate) return rewrite(op::add, a, operand(b, 0));
  return add_or_subtract(op::subtract, a, b);
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
  if (const term scattered = rewrite_sum_by_labels(a, over); scattered.index >= 0) return scattered;
  if (a.get().code == op::negate)
    return rewrite(op::negate, rewrite(op::sum, operand(a, 0), {}, {}, over));
  if (a.get().code == op::multiply)
    for (int k : {0, 1})
      if (!overlap(operand(a, k).axes(), over))
        return rewrite(op::multiply, rewrite(op::sum, operand(a, 1 - k), {}, {}, over),
                       operand(a, k));
  if (const term picked = rewrite_sum_of_picked(a, over); picked.index >= 0) return picked;
  return reduce(op::sum, a, over);
}

/// A matrix product as long as both sides have the summed axes and an axis is left; else sums, and
/// what leaves no axis is one row.
constexpr term rewrite_contract(term a, term b, axis_set over, int payload) {
  const axis_set of_a = over & ~b.axes(), of_b = over & b.axes() & ~a.axes();
  if (of_a != 0) a = rewrite(op::sum, a, {}, {}, of_a);
  if (of_b != 0) b = rewrite(op::sum, b, {}, {}, of_b);
  over &= ~(of_a | of_b);
  if (over != 0 && !contains(over, a.axes() | b.axes()))
    return apply(op::contract, a, b, {}, over, payload);
  term product = rewrite(op::multiply, a, b);
  if (payload == skips_zeros) {
    const term zero = constant(*a.g, 0);
    product = rewrite(op::where, rewrite(op::equal, a, zero), zero, product);
  }
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
    case op::scatter: return rewrite_scatter(a, b, c, over, payload);
    case op::pick:
    case op::rename: return moved_view(code, b, over, payload)(a);
    case op::contract: return rewrite_contract(a, b, over, payload);
    default: return apply(code, a, b, c, over, payload);
  }
}

/// The same values from cheaper nodes, without the nodes that nothing needs.
constexpr graph simplify(const graph& g) {
  const shared_views shared(g);
  const graph cheaper = rebuild(g, [&](graph& out, const node& n, int i) {
    if (is_leaf(n.code)) return make(out, n);
    auto at = [&](int k) { return n.operand[k] < 0 ? term{} : term{&out, n.operand[k]}; };
    if (!shared.stays[i] || !overlap(at(0).axes(), n.code == op::pick ? n.over : at(0).axes()))
      return rewrite(n.code, at(0), at(1), at(2), n.over, n.payload);
    return n.code == op::pick ? pick_in_place(at(0), at(1), n.over) : make(out, n);
  });
  return rebuild(cheaper, [](graph& out, const node& n, int) { return make(out, n); });
}

}  // namespace kd::detail

#include <kd/graph/simplify_labels.hpp>
