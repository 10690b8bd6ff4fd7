// SPDX-License-Identifier: MIT
// What labels move, pick and scatter, in the stages: as a value of the row, or as a row that passes
// through a copy of its own, so that kernels see a row like any other (run/label_rows.hpp).
#pragma once
#include <kd/graph/stage.hpp>

namespace kd::detail {

/// Axes of what is picked that neither the labels have nor are picked: it is picked by the row.
constexpr axis_set own_axes(const graph& g, const node& pick) {
  return g[pick.operand[0]].axes & ~(pick.over | g[pick.operand[1]].axes);
}

/// The axis along which the rows of a stage for a node run: the last of its space, for rows that
/// are picked of what a row has.
constexpr axis_set last_axis(const graph& g, const node& n, axis_set space) {
  if (const axis_set own = n.code == op::pick ? own_axes(g, n) : 0; own != 0) space = own;
  axis_set last = 0;
  for (int axis = 0; axis < max_axes; ++axis)
    if (contains(space, single(axis))) last = single(axis);
  return last;
}

/// Whether a pick gives whole rows of a tensor, and not a number for each label.
constexpr bool is_pick_of_rows(const graph& g, const node& n) {
  return n.code == op::pick && own_axes(g, n) != 0;
}

/// Whether a scatter adds rows, and not a number for each label: a contraction of its own.
constexpr bool is_scatter_of_rows(const graph& g, const node& n) {
  return n.code == op::scatter &&
         (n.operand[2] >= 0 || !contains(g[n.operand[1]].axes, g[n.operand[0]].axes));
}

constexpr bool is_contraction(const graph& g, const node& n) {
  return n.code == op::contract || is_scatter_of_rows(g, n);
}

/// The operand of a contraction that labels pick rows of and that is read where it lies, because
/// each row is needed once; -1 if there is none. Rows that many others meet are a matrix.
constexpr int picked_operand(const graph& g, const node& contract) {
  for (int k : {1, 0}) {
    if (contract.code != op::contract || (k == 0 && contract.payload == skips_zeros)) break;
    const node &n = g[contract.operand[k]], &other = g[contract.operand[1 - k]];
    if (is_pick_of_rows(g, n) && contains(n.axes, other.axes) &&
        !overlap(n.over, contract.axes | contract.over))
      return k;
  }
  return -1;
}

/// Whether what computes a node reads operand k from memory.
constexpr bool reads_from_memory(const graph& g, const node& n, int k) {
  if (n.operand[k] < 0) return false;
  if (n.code == op::contract) return k != picked_operand(g, n);
  if (n.code == op::scatter) return k != 1;
  return (n.code == op::rename || n.code == op::pick) && k == 0;
}

/// Whether a stage has the rows that a pick or a scatter needs, once their operand is in memory: a
/// scatter is added up along rows of the axis that it makes, once; a pick is a value of the row, or
/// runs along it where the axis that it picks from is none of the stage's.
constexpr bool is_row_by_labels(const stage& s, const node& n) {
  const axis_set all = s.outer | s.inner;
  if (!contains(all, n.axes)) return false;
  if (n.code == op::scatter) return s.inner == single(n.payload) && n.axes == all;
  const axis_set along = n.axes & s.inner;
  return !overlap(along == 0 ? s.outer : all, n.over);
}

}  // namespace kd::detail
