// SPDX-License-Identifier: MIT
// Reasons: an objective's formulas say where they are not defined, `where(inside, x,
// not_a_number_because<"...">)`. How often that was so is an objective of its own, which is
// compiled and run only for a call that has to say why its value is not a number.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

/// The graph of how many positions are not a number for each reason: term k is reason k's.
constexpr graph reasons_of(const graph& written) {
  graph g = written;
  for (int& gradient : g.gradient) gradient = -1;
  g.terms = g.reasons;
  for (int k = 0; k < g.reasons; ++k) g.term[k] = {g.reason[k], constant(g, 0).index};
  term all = constant(g, 0);
  for (int i = 0; i < written.size; ++i) {
    if (written[i].code != op::where) continue;
    for (int side : {1, 2}) {
      const node& n = written[written[i].operand[side]];
      if (n.code != op::log || n.payload == 0) continue;
      const term condition{&g, written[i].operand[0]}, none = constant(g, 0), one = constant(g, 1);
      const term here = where(condition, side == 1 ? one : none, side == 1 ? none : one);
      const term count = reduce(op::sum, here, here.axes());
      int& so_far = g.term[n.payload - 1].value;
      so_far = (term{&g, so_far} + count).index;
      all = all + count;
    }
  }
  g.value = all.index;
  return g;
}

}  // namespace kd::detail
