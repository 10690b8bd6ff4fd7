// SPDX-License-Identifier: MIT
// What is a log_softmax, a softmax, or a part of one: x - log_sum_exp(x), whatever is taken of x.
// The log-sum-exp is as large as the logits, so it is subtracted from a part of x first, wherever
// it stands in a sum: the difference keeps its digits.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

/// Operand k of a term's node.
constexpr term operand(term t, int k) { return {t.g, t.get().operand[k]}; }

/// Whether t is x - log_sum_exp(x) over exactly these axes.
constexpr bool is_log_softmax(term t, axis_set over) {
  if (t.get().code != op::subtract) return false;
  const term x = operand(t, 0), lse = operand(t, 1);
  return lse.get().code == op::log_sum_exp && lse.get().over == over &&
         lse.get().operand[0] == x.index;
}

/// Whether t is exp(x - log_sum_exp(x)) over exactly these axes: a softmax, whose sum is 1.
constexpr bool is_softmax(term t, axis_set over) {
  return t.get().code == op::exp && is_log_softmax(operand(t, 0), over);
}

/// Whether a is x, or values of x: picked, renamed or the largest, also where that was moved to
/// what x is computed from.
constexpr bool is_part(term a, term x, int depth = 6) {
  if (a.index == x.index) return true;
  if (depth == 0) return false;
  const node &part = a.get(), &whole = x.get();
  if (part.code == op::pick || part.code == op::rename || part.code == op::max)
    return is_part(operand(a, 0), x, depth - 1);
  if (part.code != whole.code || !is_elementwise(part.code)) return false;
  const auto pairs = [&](int k, int j) {
    return (part.operand[k] < 0 && whole.operand[j] < 0) ||
           (part.operand[k] >= 0 && whole.operand[j] >= 0 &&
            is_part(operand(a, k), operand(x, j), depth - 1));
  };
  return (pairs(0, 0) && pairs(1, 1) && pairs(2, 2)) ||
         (commutes(part.code) && pairs(0, 1) && pairs(1, 0));
}

/// t / c where c is a factor of t, or of a factor; else without an index.
constexpr term without_factor(term t, term c, int depth = 2) {
  if (c.index < 0) return t;
  if (t.get().code == op::constant && c.get().code == op::constant && c.get().value != 0)
    return constant(*t.g, t.get().value / c.get().value);
  if (depth == 0 || t.get().code != op::multiply) return {};
  for (int k : {0, 1})
    if (operand(t, k).index == c.index) return operand(t, 1 - k);
  for (int k : {0, 1})
    if (const term rest = without_factor(operand(t, k), c, depth - 1); rest.index >= 0)
      return operand(t, 1 - k) * rest;
  return {};
}

/// part / c in the form of x = y / c, if it is a part of y; else without an index.
constexpr term divided_like(term x, term part, term c) {
  if (c.index < 0 || (x.get().code != op::divide && x.get().code != op::multiply)) return {};
  const auto is_inverse = [&](term k) {
    if (k.get().code != op::constant || c.get().code != op::constant) return false;
    const double off = k.get().value * c.get().value - 1;
    return off * off < 1e-31;  // a rounding of either
  };
  const auto is_one_over = [](term k, term of) {
    return k.get().code == op::divide && operand(k, 1).index == of.index &&
           operand(k, 0).get().code == op::constant && operand(k, 0).get().value == 1;
  };
  if (x.get().code == op::divide)
    return operand(x, 1).index == c.index && is_part(part, operand(x, 0)) ? part / c : term{};
  for (int k : {0, 1})
    if (const term by = operand(x, k);
        (is_inverse(by) || is_one_over(by, c) || is_one_over(c, by)) &&
        is_part(part, operand(x, 1 - k)))
      return part * by;
  return {};
}

/// A sum as the terms that it adds and subtracts.
class signed_terms {
 public:
  constexpr void add(term t, bool minus) {
    if (size_ > most) return;
    const node& n = t.get();
    if (n.code == op::negate) return add(operand(t, 0), !minus);
    if (n.code == op::add || (n.code == op::subtract && !is_pair(t))) {
      add(operand(t, 0), minus);
      return add(operand(t, 1), n.code == op::add ? minus : !minus);
    }
    if (size_ < most) term_[size_] = t, minus_[size_] = minus;
    ++size_;
  }
  /// Each log-sum-exp with a part of what it is of; without an index if there is none to pair.
  constexpr term paired() {
    bool found = false;
    for (int j = 0; j < size_ && size_ <= most; ++j)
      for (int i = 0; i < size_ && has_log_sum_exp(j); ++i)
        if (is_there(i) && minus_[i] != minus_[j]) found = pair(i, j) || found;
    return found ? sum() : term{};
  }

 private:
  static constexpr int most = 64;
  term term_[most]{};
  bool minus_[most]{};
  int size_ = 0;

  constexpr bool is_there(int i) const { return term_[i].index >= 0; }
  /// Whether term j is a log-sum-exp, or c times one.
  constexpr bool has_log_sum_exp(int j) const {
    const term t = term_[j];
    if (t.index < 0) return false;
    if (t.get().code == op::log_sum_exp) return true;
    return t.get().code == op::multiply && (operand(t, 0).get().code == op::log_sum_exp ||
                                            operand(t, 1).get().code == op::log_sum_exp);
  }
  /// Joins c part - c lse to (part - lse) c, if they are that.
  constexpr bool pair(int part, int other) {
    term lse = term_[other], factor{};
    if (lse.get().code == op::multiply) {
      const int k = operand(lse, 0).get().code == op::log_sum_exp ? 0 : 1;
      factor = operand(lse, 1 - k), lse = operand(lse, k);
    } else if (size_ == 2) {
      return false;
    }
    const term x = operand(lse, 0);
    term of_factor = without_factor(term_[part], factor);
    if (of_factor.index < 0 || !is_part(of_factor, x))
      of_factor = divided_like(x, term_[part], factor);
    if (of_factor.index < 0) return false;
    const term difference = of_factor - lse;
    term_[part] = factor.index < 0 ? difference : difference * factor;
    term_[other] = {};
    return true;
  }
  static constexpr bool is_pair(term t) {
    const term lse = operand(t, 1);
    return lse.get().code == op::log_sum_exp && is_part(operand(t, 0), operand(lse, 0));
  }
  constexpr term sum() const {
    term all{};
    for (const bool minus : {false, true})
      for (int i = 0; i < size_; ++i)
        if (is_there(i) && minus_[i] == minus) {
          if (all.index < 0) all = minus ? -term_[i] : term_[i];
          else all = minus ? all - term_[i] : all + term_[i];
        }
    return all;
  }
};

/// a + b or a - b; if that has a log-sum-exp and, somewhere else, a part of what it is of, with
/// these side by side.
constexpr term add_or_subtract(op code, term a, term b) {
  if (!a.g->adds_log_sum_exp[a.index] && !a.g->adds_log_sum_exp[b.index]) return apply(code, a, b);
  signed_terms all;
  all.add(a, false), all.add(b, code == op::subtract);
  const term paired = all.paired();
  return paired.index >= 0 ? paired : apply(code, a, b);
}

}  // namespace kd::detail
