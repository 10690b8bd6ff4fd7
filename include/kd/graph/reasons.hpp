// SPDX-License-Identifier: MIT
// Reasons: an objective's formulas say where they are not defined, `where(inside, x,
// not_a_number_because<"...">)`. How often that was so is an objective of its own, which is
// compiled and run only for a call that has to say why its value is not a number.
#pragma once
#include <kd/graph/differentiate.hpp>

namespace kd::detail {

/// Whether a value is not a number on one side of a choice, for a reason.
constexpr bool has_reason(const graph& g, int i, int side) {
  if (g[i].code != op::where) return false;
  const node& n = g[g[i].operand[side]];
  return n.code == op::log && n.payload != 0;
}

/// The graph of how many positions are not a number for each reason: term k is reason k's. What a
/// choice behind it does not take is not counted: the gates of its adjoint are closed.
constexpr graph reasons_of(const graph& written) {
  graph g = written;
  for (int& gradient : g.gradient) gradient = -1;
  g.terms = g.reasons;
  for (int k = 0; k < g.reasons; ++k) g.term[k] = {g.reason[k], constant(g, 0).index};
  adjoints d{g};
  differentiate(d, written.value,
                [&](int i) { return has_reason(written, i, 1) || has_reason(written, i, 2); });
  term all = constant(g, 0);
  for (int i = 0; i < written.size; ++i) {
    for (int side : {1, 2}) {
      if (!has_reason(written, i, side)) continue;
      const term condition{&g, written[i].operand[0]}, none = constant(g, 0), one = constant(g, 1);
      const term here =
          d.of[i].open.close(where(condition, side == 1 ? one : none, side == 1 ? none : one));
      const term count = reduce(op::sum, here, here.axes());
      int& so_far = g.term[written[written[i].operand[side]].payload - 1].value;
      so_far = (term{&g, so_far} + count).index;
      all = all + count;
    }
  }
  g.value = all.index;
  return g;
}

}  // namespace kd::detail
