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

/// Whether a stage has the rows that a pick or a scatter needs, once their operand is in memory: a
/// scatter is added up along rows of the axis that it makes, once; a pick is a value of the row, or runs
/// along it where the axis that it picks from is none of the stage's.
constexpr bool is_row_by_labels(const graph& g, const stage& s, const node& n) {
  const axis_set all = s.outer | s.inner;
  if (!contains(all, n.axes)) return false;
  if (n.code == op::scatter) return s.inner == single(n.payload) && n.axes == all;
  const axis_set along = n.axes & s.inner;
  return !overlap(along == 0 ? s.outer : all, n.over);
}

}  // namespace kd::detail
