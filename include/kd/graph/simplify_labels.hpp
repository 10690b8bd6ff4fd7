// SPDX-License-Identifier: MIT
// The part of `simplify.hpp` about what labels move.
#pragma once
#include <kd/graph/by_labels.hpp>
#include <kd/graph/simplify.hpp>

namespace kd::detail {

/// What is added for each label: a scatter's operand, times its factor if it has one.
constexpr term added(term scatter) {
  const term factor = operand(scatter, 2);
  return factor.index < 0 ? operand(scatter, 0) : operand(scatter, 0) * factor;
}

/// A scatter of rows keeps the factors of a product apart if each is smaller than the product.
/// (Labels were checked: nobody asks what is ignored.)
constexpr term rewrite_scatter(term x, term labels, term factor, axis_set over, int axis) {
  const axis_set classes = single(axis);
  if (factor.index >= 0 && factor.axes() != 0) {
    if (is_constant(x, 0)) return x;
    return apply(op::scatter, x, labels, factor, over, axis);
  }
  if (is_constant(x, 0)) return x;
  if (over == 0) return rewrite(op::multiply, one_hot(labels, classes), x);
  if (x.axes() == 0 && !is_constant(x, 1))
    return rewrite(op::multiply, scatter(constant(*x.g, 1), labels, classes, over), x);
  if (x.get().code == op::multiply && !contains(labels.axes(), x.axes()) &&
      operand(x, 0).axes() != x.axes() && operand(x, 1).axes() != x.axes() &&
      operand(x, 0).axes() != 0 && operand(x, 1).axes() != 0)
    return apply(op::scatter, operand(x, 0), labels, operand(x, 1), over, axis);
  return scatter(x, labels, classes, over);
}

/// The sum of a scatter, or of one_hot * x over axes of the labels; no term for anything else.
constexpr term rewrite_sum_by_labels(term a, axis_set over) {
  const node n = a.get();
  if (n.code == op::scatter) {
    const term x = added(a), labels = operand(a, 1);
    const axis_set more = over & ~single(n.payload), of_labels = more & labels.axes();
    const axis_set rest = more & ~of_labels;
    const term summed = rest == 0 ? x : rewrite(op::sum, x, {}, {}, rest);
    if (more == over)
      return rewrite(op::scatter, summed, labels, {}, n.over | of_labels, n.payload);
    return rewrite(op::sum, summed, {}, {}, n.over | of_labels);  // every class
  }
  for (int k : {0, 1}) {
    const bool product = n.code == op::multiply;
    const term hot = product ? operand(a, k) : a;
    if (hot.get().code != op::one_hot) continue;
    const term x = product ? operand(a, 1 - k) : constant(*a.g, 1), labels = operand(hot, 0);
    if (contains(labels.axes(), over) && !overlap(x.axes(), hot.get().over))
      return rewrite(op::scatter, x, labels, {}, over, axis_of(hot.get().over));
  }
  return {};
}

/// The sum of a product with rows that labels pick, as a contraction, which reads the rows where
/// they lie; no term for anything else.
constexpr term rewrite_sum_of_picked(term a, axis_set over) {
  for (int k : {0, 1}) {
    if (a.get().code != op::multiply) break;
    const term picked = operand(a, k), x = operand(a, 1 - k);
    if (is_pick_of_rows(*a.g, picked.get()) && contains(picked.axes() & x.axes(), over) &&
        !contains(over, picked.axes() | x.axes()))
      return rewrite(op::contract, x, picked, {}, over);
  }
  return {};
}

}  // namespace kd::detail
