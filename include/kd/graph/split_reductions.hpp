// SPDX-License-Identifier: MIT
#pragma once
#include <kd/graph/rebuild.hpp>

namespace kd::detail {

/// Sums over everything become sums of row sums, so that they can join the row kernel of their
/// operand.
constexpr graph split_reductions(const graph& g) {
  return rebuild(g, [&](graph& out, const node& n, int) {
    if (n.code != op::sum && n.code != op::max && n.code != op::largest) {
      node copy = n;
      return make(out, copy);
    }
    const term x{&out, n.operand[0]};
    if (n.over != x.axes() || count(n.over) < 2) return make(out, n);
    axis_set inner = 0;
    for (int i = 0; i < g.size; ++i)  // the axes over which others reduce the same space, if any
      if (is_reduction(g[i].code) && g[g[i].operand[0]].axes == x.axes() && g[i].over != n.over)
        inner = g[i].over;
    for (int axis = 0; inner == 0 && axis < max_axes; ++axis)
      if (single(axis) > (x.axes() & ~single(axis))) inner = x.axes() & single(axis);
    return reduce(n.code, reduce(n.code, x, inner), n.over & ~inner);
  });
}

}  // namespace kd::detail
