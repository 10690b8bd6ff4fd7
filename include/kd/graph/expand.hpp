// SPDX-License-Identifier: MIT
// Expand: what was kept whole for differentiation and simplification becomes what is computed.
//   log_sum_exp: maximum, then sum of exponentials; two sweeps over a row that is in cache cost
//   less than rescaling a running sum. A softmax exp(x - lse) reuses the exponentials, so there is
//   one exp per element.
//     m = largest(x),  e = exp(x - m),  s = sum(e),  lse = m + log(s),  exp(x - lse) = e * (1/s)
//   divergence, gap: get p and q as softmaxes, and x = log q - log p. x is computed from the difference
//   of the logits, in double without any rounded normaliser (`logarithm_of_ratio`).
#pragma once
#include <kd/graph/simplify.hpp>

namespace kd::detail {

class expander {
 public:
  /// `exact` spends an exponential more per element on the digits of nearly equal softmaxes.
  constexpr explicit expander(bool exact) : exact_(exact) {}

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
  bool exact_;
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

  /// log q - log p of softmaxes of s and t: s - t less the difference of their normalisers, whose
  /// rounding a divergence feels in second order only. The exact form has none: with d = s - t
  /// centred so that sum p d = 0, it is
  ///   d - log1p(sum p expm1(d))
  /// unless a |d| above 10 would cost more digits than it saves.
  constexpr term logarithm_of_ratio(term p, term q, term log_p, term log_q) const {
    graph& g = *p.g;
    const parts of_p = log_softmax(log_p), of_q = log_softmax(log_q);
    if (of_p.over == 0 || of_p.over != of_q.over) return log_q - log_p;
    const term difference = scaled_difference({&g, of_q.x}, {&g, of_p.x});
    const term plain = difference - (operand(log_q, 1) - operand(log_p, 1));
    if (!exact_) return plain;
    const term none = constant(g, 0), possible = apply(op::greater, p + q, none);
    const term weighted = where(apply(op::greater, p, none), p * difference, none);
    const term d = where(possible, difference, none) - reduce(op::sum, weighted, of_p.over);
    const term log_ratio = apply(op::log1p, reduce(op::sum, p * apply(op::expm1, d), of_p.over));
    const term far = reduce(op::largest, apply(op::abs, d), of_p.over);
    return where(greater_equal(constant(g, 10), far) * possible, d - log_ratio, plain);
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
constexpr graph expand(const graph& g, bool exact = false) {
  return simplify(rebuild(g, expander(exact)));
}

}  // namespace kd::detail
