// SPDX-License-Identifier: MIT
// Expand: what was kept whole for differentiation and simplification becomes what is computed.
//   log_sum_exp of x = z k, with k the same along the row, as 1 / temperature: maximum, then sum of
//   exponentials; two sweeps over a row that is in cache cost less than rescaling a running sum.
//     m = largest(z),  x' = (z - m) k,  e = exp(x'),  s = sum(e),  lse = m k + log(s)
//   Its softmax is e / s and its log_softmax x' - log(s): one exp per element, and nothing that
//   grows with the size of the logits.
//   divergence, gap: of softmaxes, from the difference of the logits and sums that need no other.
#pragma once
#include <kd/graph/simplify.hpp>

namespace kd::detail {

class expander {
 public:
  /// The term of `out` for a node whose operands are terms of `out` already.
  constexpr term operator()(graph& out, const node& n, int) {
    auto at = [&](int k) { return n.operand[k] < 0 ? term{} : term{&out, n.operand[k]}; };
    switch (n.code) {
      case op::log_sum_exp: return log_sum_exp(at(0), n.over);
      case op::subtract: return subtract(at(0), at(1));
      case op::pick:
      case op::rename: return view(n, at(0), at(1));
      case op::exp: return exponential(at(0));
      case op::divergence: return divergence(at(0), at(1));
      case op::gap: return gap(at(0), at(1));
      case op::divergence_at: return apply(op::divergence_of, exponential(at(0)), at(1), at(2));
      case op::gap_at: return apply(op::gap_of, exponential(at(0)), at(1), at(2));
      case op::sum: return sum(at(0), n.over);
      default:
        return is_leaf(n.code) ? make(out, n)
                               : apply(n.code, at(0), at(1), at(2), n.over, n.payload);
    }
  }

 private:
  struct parts {  // of a log-sum-exp, named as above, or of what is left of one
    term x{}, z{}, k{}, m{}, shifted{}, e{}, s{};
    axis_set over = 0;  // 0: of none
  };
  /// Softmaxes p and q of t and s along the same axes. Their exponentials e_p, e_q and the sums of
  /// these are rounded, but the digits of s - t are kept by
  ///   d = (s - t) - (largest s - largest t),   gaps = e_p (e^d - 1) = e_q - e_p
  ///   r = sum(gaps) / sum(e_p),  so that sum(e_q) / sum(e_p) = 1 + r
  struct softmaxes {
    parts p{}, q{};
    term d{}, gaps{}, r{};
    axis_set over = 0;
  };
  parts lse_[max_nodes]{};          // by index of a log-sum-exp's new node
  parts log_softmax_[max_nodes]{};  // by index of the new node of a log_softmax, or of part of one
  softmaxes divergence_[max_nodes]{};  // by index of a divergence's new node

  constexpr term log_sum_exp(term x, axis_set over) {
    parts of{x, x};
    if (x.get().code == op::multiply)
      for (int i : {0, 1})
        if (!overlap(operand(x, i).axes(), over)) of.z = operand(x, 1 - i), of.k = operand(x, i);
    of.m = largest_behind(of.z, of.k, over);
    of.shifted = scaled(of.z - of.m, of.k);
    of.e = exp(of.shifted);
    of.s = reduce(op::sum, of.e, over);
    of.over = over;
    return keep_parts(of);
  }
  constexpr term keep_parts(const parts& of) {
    const term lse = largest(of) + log(of.s);
    lse_[lse.index] = of;
    return lse;
  }
  /// A log-sum-exp is this and log(s), which is small beside it.
  static constexpr term largest(const parts& of) { return scaled(of.m, of.k); }

  /// A renamed or picked log-sum-exp is made of what it is made of.
  constexpr term view(const node& n, term x, term labels) {
    const auto seen = [&](term t) {
      return t.index < 0 ? t : apply(n.code, t, labels, {}, n.over, n.payload);
    };
    const auto moved = [&](term t) {
      if (t.index < 0) return t;
      const axis_set axes = n.code == op::pick ? n.over : single(n.payload / max_axes);
      return overlap(t.axes(), axes) ? seen(t) : t;
    };
    parts of = lse_[x.index];
    if (of.over == 0) return seen(x);
    for (term* t : {&of.x, &of.z, &of.k, &of.m, &of.s}) *t = moved(*t);
    of.shifted = scaled(of.z - of.m, of.k);
    of.e = exp(of.shifted);
    return keep_parts(of);
  }
  /// The z of the largest z k: the smallest where k < 0.
  static constexpr term largest_behind(term z, term k, axis_set over) {
    if (k.index < 0 || is_positive(k)) return reduce(op::largest, z, over);
    graph& g = *z.g;
    const term one = constant(g, 1), sign = where(greater_equal(k, constant(g, 0)), one, -one);
    return reduce(op::largest, z * sign, over) * sign;
  }
  static constexpr term scaled(term x, term k) { return k.index < 0 ? x : x * k; }
  static constexpr bool is_positive(term t) {
    const node& n = t.get();
    if (n.code == op::constant) return n.value > 0;
    if (n.code == op::slot) return t.g->slot[n.payload].range == range::positive;
    return (n.code == op::divide || n.code == op::multiply) && is_positive(operand(t, 0)) &&
           is_positive(operand(t, 1));
  }

  /// x, or part of it, less what it is shifted by: (part - m) k.
  static constexpr term shifted(term part, const parts& of) {
    if (of.k.index < 0) return part - of.m;
    if (part.index == of.x.index) return of.shifted;
    if (part.get().code == op::multiply)
      for (int i : {0, 1})
        if (operand(part, i).index == of.k.index) return (operand(part, 1 - i) - of.m) * of.k;
    return part - largest(of);
  }

  /// Differences with a log-sum-exp, and of two log_softmaxes, without what is large in both.
  constexpr term subtract(term a, term b) {
    const parts of_a = lse_[a.index], of_b = lse_[b.index];
    if (of_a.over != 0 && of_b.over != 0)
      return (largest(of_a) - largest(of_b)) + (log(of_a.s) - log(of_b.s));
    if (of_b.over != 0) {
      const term moved = shifted(a, of_b), t = moved - log(of_b.s);
      if (is_part(a, of_b.x)) {
        log_softmax_[t.index] = of_b;
        if (a.index != of_b.x.index) {  // of a part: no row to sum over
          parts& part = log_softmax_[t.index];
          part.shifted = moved, part.e = exp(moved), part.over = 0;
        }
      }
      return t;
    }
    if (of_a.over != 0) {
      const term log_s = log(of_a.s);
      return of_a.k.index < 0 ? (of_a.m - b) + log_s : log_s - shifted(b, of_a);
    }
    const softmaxes of = both(b, a);
    return of.over == 0 ? a - b : log_ratio(of);
  }
  constexpr term exponential(term t) const {
    const parts of = log_softmax_[t.index];
    return of.s.index < 0 ? exp(t) : of.e * (1.0 / of.s);
  }

  constexpr softmaxes both(term log_p, term log_q) const {
    softmaxes of{log_softmax_[log_p.index], log_softmax_[log_q.index]};
    if (of.p.over == 0 || of.p.over != of.q.over) return of;
    of.over = of.p.over;
    of.d = distance(of.p, of.q);
    of.gaps = apply(op::gap_of, of.p.e, of.q.e, of.d);
    of.r = reduce(op::sum, of.gaps, of.over) / of.p.s;
    return of;
  }
  /// d: close logits are subtracted first, which is exact for neighbours; logits that are far apart
  /// lose fewer digits if each is first shifted by its largest.
  static constexpr term distance(const parts& p, const parts& q) {
    graph& g = *q.m.g;
    const term one = constant(g, 1), shift = q.m - p.m, difference = q.z - p.z;
    const term far = apply(op::greater, apply(op::abs, scaled(shift, p.k)), one);
    const term of_far = (q.z - q.m) - (p.z - p.m), of_close = difference - shift;
    const term d = scaled(where(far, of_far, of_close), p.k);
    if (p.k.index == q.k.index) return d;
    // Two temperatures may be equal in value: then what was said holds for them as well.
    const term more = (q.k.index < 0 ? one : q.k) - (p.k.index < 0 ? one : p.k);
    return where(more, q.shifted - p.shifted, d);
  }
  static constexpr term log_ratio(const softmaxes& of) { return of.d - apply(op::log1p, of.r); }

  /// q - p = (gaps - r e_p) / sum(e_q)
  constexpr term gap(term log_p, term log_q) const {
    const softmaxes of = both(log_p, log_q);
    if (of.over != 0) {
      const term numerator = of.gaps - of.r * of.p.e;
      return numerator * (1.0 / of.q.s);
    }
    const term p = exponential(log_p), q = exponential(log_q);
    return apply(op::gap_of, p, q, log_q - log_p);
  }

  /// One term of a divergence.
  constexpr term divergence(term log_p, term log_q) {
    const softmaxes of = both(log_p, log_q);
    const term p = exponential(log_p), q = exponential(log_q);
    const term ratio = of.over == 0 ? log_q - log_p : log_ratio(of);
    const term t = apply(op::divergence_of, p, q, ratio);
    divergence_[t.index] = of;
    return t;
  }

  /// The sum of a divergence's terms needs no sweep after the sums above:
  ///   sum of p (e^x - 1 - x)  with x = d - c, c = log(1 + r),  is the same with x = d, less
  ///   e^c - 1 - c
  constexpr term sum(term x, axis_set over) const {
    const softmaxes of = divergence_[x.index];
    if (of.over == 0 || of.over != (over & of.over)) return reduce(op::sum, x, over);
    const term terms = apply(op::divergence_of, of.p.e, of.q.e, of.d),
               e = reduce(op::sum, terms, of.over) / of.p.s, one = constant(*x.g, 1),
               c = apply(op::log1p, of.r), row = e - apply(op::divergence_of, one, one + of.r, c);
    const term divergence = apply(op::maximum, row, constant(*x.g, 0));  // rounding may go below
    return reduce(op::sum, divergence, over & ~of.over);
  }
};

/// A graph without log_sum_exp, divergence and gap, with the same values.
constexpr graph expand(const graph& g) { return simplify(rebuild(g, expander{})); }

}  // namespace kd::detail
