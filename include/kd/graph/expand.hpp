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
    int x = -1, largest = -1, exponentials = -1, total = -1;
    axis_set over = 0;
  };
  parts of_lse_[max_nodes]{};  // by index of the log-sum-exp's new node

  constexpr term log_sum_exp(term x, axis_set over) {
    const term m = largest(x, over), e = exp(x - m), s = reduce(op::sum, e, over);
    const term lse = m + log(s);
    of_lse_[lse.index] = {x.index, m.index, e.index, s.index, over};
    return lse;
  }

  /// The largest along axes; of logits over a temperature, that of the logits, which other losses
  /// need too: rounding keeps the order.
  static constexpr term largest(term x, axis_set over) {
    if (x.get().code == op::multiply)
      for (int k : {0, 1})
        if (is_positive(operand(x, k)) && !overlap(operand(x, k).axes(), over))
          return reduce(op::largest, operand(x, 1 - k), over) * operand(x, k);
    return reduce(op::largest, x, over);
  }
  static constexpr bool is_positive(term t) {
    const node& n = t.get();
    if (n.code == op::constant) return n.value > 0;
    if (n.code == op::slot) return t.g->slot[n.payload].range == range::positive;
    return (n.code == op::divide || n.code == op::multiply) && is_positive(operand(t, 0)) &&
           is_positive(operand(t, 1));
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
    return apply(code, p, q, logarithm_of_ratio(log_p, log_q));
  }

  /// log q - log p. Of softmaxes of s and t, with exponentials e_q and e_p that sum to S_q and S_p,
  /// it is  d - log(S_q / S_p),  where d = (s - t) - (largest s - largest t). Sums are rounded, but
  /// their difference is the sum of e_q - e_p = e_p (e^d - 1), and these keep the digits of s - t:
  ///   d - log1p(sum of e_p (e^d - 1) / S_p)
  constexpr term logarithm_of_ratio(term log_p, term log_q) const {
    const parts of_p = log_softmax(log_p), of_q = log_softmax(log_q);
    if (of_p.over == 0 || of_p.over != of_q.over) return log_q - log_p;
    graph& g = *log_p.g;
    const auto at = [&](int i) { return term{&g, i}; };
    const term difference = scaled_difference(at(of_q.x), at(of_p.x)),
               shift = at(of_q.largest) - at(of_p.largest);
    const term gaps =
        apply(op::gap_of, at(of_p.exponentials), at(of_q.exponentials), difference - shift);
    const term ratio = reduce(op::sum, gaps, of_p.over) / at(of_p.total);
    return (difference - shift) - apply(op::log1p, ratio);
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
