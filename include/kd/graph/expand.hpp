// SPDX-License-Identifier: MIT
// Expand: what was kept whole for differentiation and simplification becomes what is computed.
//   log_sum_exp: maximum, then sum of exponentials; two sweeps over a row that is in cache cost
//   less than rescaling a running sum. A softmax exp(x - lse) reuses the exponentials, so there is
//   one exp per element.
//     m = largest(x),  e = exp(x - m),  s = sum(e),  lse = m + log(s),  exp(x - lse) = e * (1/s)
//   divergence, gap: get p and q as softmaxes, and log q - log p from the difference of the logits
#pragma once
#include <kd/graph/simplify.hpp>

namespace kd::detail {

class expander {
 public:
  /// The term of `out` for a node whose operands are terms of `out` already.
  constexpr term operator()(graph& out, const node& n) {
    auto at = [&](int k) { return n.operand[k] < 0 ? term{} : term{&out, n.operand[k]}; };
    switch (n.code) {
      case op::log_sum_exp: return log_sum_exp(at(0), n.over);
      case op::exp: return exponential(at(0));
      case op::divergence: return pair(op::divergence_of, at(0), at(1));
      case op::gap: return pair(op::gap_of, at(0), at(1));
      default:
        return is_leaf(n.code) ? make(out, n)
                               : apply(n.code, at(0), at(1), at(2), n.over, n.payload);
    }
  }

 private:
  struct parts {
    int x = -1, exponentials = -1, total = -1;
    axis_set over = 0;
  };
  parts of_lse_[max_nodes]{};  // by index of the log-sum-exp's new node

  constexpr term log_sum_exp(term x, axis_set over) {
    const term m = reduce(op::largest, x, over), e = exp(x - m), s = reduce(op::sum, e, over);
    const term lse = m + log(s);
    of_lse_[lse.index] = {x.index, e.index, s.index, over};
    return lse;
  }

  /// The parts of t if it is x - log_sum_exp(x), else parts without axes.
  constexpr parts log_softmax(term t) const {
    if (t.get().code != op::subtract) return {};
    const parts p = of_lse_[operand(t, 1).index];
    return p.x == operand(t, 0).index ? p : parts{};
  }
  constexpr term exponential(term t) const {
    const parts p = log_softmax(t);
    if (p.over == 0) return exp(t);
    return term{t.g, p.exponentials} * (1.0 / term{t.g, p.total});
  }

  constexpr term pair(op code, term log_p, term log_q) const {
    const term p = exponential(log_p), q = exponential(log_q);
    return apply(code, p, q, logarithm_of_ratio(p, q, log_p, log_q));
  }

  /// log q - log p. Of softmaxes of s and t it is s - t less the difference of their normalisers,
  /// whose rounding moves all of a row by the same small number. Since q and p both sum to 1, the
  /// sum of q - p shows that number, and it is taken off: what is left has the digits of s - t.
  constexpr term logarithm_of_ratio(term p, term q, term log_p, term log_q) const {
    graph& g = *p.g;
    const parts of_p = log_softmax(log_p), of_q = log_softmax(log_q);
    if (of_p.over == 0 || of_p.over != of_q.over) return log_q - log_p;
    const term moved =
        scaled_difference({&g, of_q.x}, {&g, of_p.x}) - (operand(log_q, 1) - operand(log_p, 1));
    const term excess = reduce(op::sum, apply(op::gap_of, p, q, moved), of_p.over);
    return moved - apply(op::log1p, excess);
  }

  /// s - t, which is exact for neighbours only before both are divided by the temperature.
  static constexpr term scaled_difference(term s, term t) {
    if (s.get().code == op::multiply && t.get().code == op::multiply)
      for (int k : {0, 1})
        for (int l : {0, 1})
          if (s.get().operand[k] == t.get().operand[l])
            return (operand(s, 1 - k) - operand(t, 1 - l)) * operand(s, k);
    return s - t;
  }
};

/// A graph without log_sum_exp, divergence and gap, with the same values.
constexpr graph expand(const graph& g) { return simplify(rebuild(g, expander{})); }

}  // namespace kd::detail
