// SPDX-License-Identifier: MIT
// Expand: log_sum_exp becomes maximum, then sum of exponentials; two sweeps over a row that is in
// cache cost less than rescaling a running sum. A softmax exp(x - lse) reuses the exponentials, so
// there is one exp per element.
//   m = largest(x),  e = exp(x - m),  s = sum(e),  lse = m + log(s),  exp(x - lse) = e * (1/s)
#pragma once
#include <kd/graph/simplify.hpp>

namespace kd::detail {

/// A graph without log_sum_exp, with the same values.
constexpr graph expand(const graph& g) {
  struct parts {
    int exponentials = -1, total = -1;
  } of_lse[max_nodes]{};  // by index of the log-sum-exp's new node
  const graph expanded = rebuild(g, [&](graph& out, const node& n) {
    auto at = [&](int k) { return n.operand[k] < 0 ? term{} : term{&out, n.operand[k]}; };
    if (n.code == op::log_sum_exp) {
      const term x = at(0), m = reduce(op::largest, x, n.over), e = exp(x - m),
                 s = reduce(op::sum, e, n.over);
      const term lse = m + apply(op::log, s);
      of_lse[lse.index] = {e.index, s.index};
      return lse;
    }
    if (n.code == op::exp && at(0).get().code == op::subtract) {
      const term x = operand(at(0), 0), lse = operand(at(0), 1);
      if (const parts p = of_lse[lse.index]; p.total >= 0) {
        const term e{&out, p.exponentials};
        if (operand(operand(e, 0), 0).index == x.index) return e * (1.0 / term{&out, p.total});
      }
    }
    return is_leaf(n.code) ? make(out, n) : apply(n.code, at(0), at(1), at(2), n.over, n.payload);
  });
  return simplify(expanded);
}

}  // namespace kd::detail
