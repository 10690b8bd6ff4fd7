// SPDX-License-Identifier: MIT
// The third part of the table in `operations.hpp`: one term of a KL divergence without
// cancellation. With x = log q - log p, a term of KL(p || q) is p (e^x - 1 - x) >= 0: since p and q
// both sum to 1, the terms sum to the same as p (log p - log q), but are never negative, vanish
// where p = q to the bit, and keep their digits near there. The derivative with respect to log q is
// q - p = p (e^x - 1).
//   divergence(log p, log q), gap(log p, log q)   until the graph is expanded
//   divergence_at(log p, q, x), gap_at(log p, q, x)   the same where x is known better than from
//                                                 log q; all that depends on q goes through x
//   divergence_of(p, q, x), gap_of(p, q, x)       afterwards, so that p and q are found softmaxes
#pragma once
#include <initializer_list>

#include <kd/graph/operations.hpp>

namespace kd::detail {

/// e^x - 1 - x for |x| < 1/2, to the last digits: x^2 q(x); q interpolates at Chebyshev nodes, its
/// relative error is 3e-8 (float, degree 5) and 5e-20 (double, degree 12).
template <class Pack>
KD_HD Pack exponential_excess(Pack x) {
  Pack q;
  if constexpr (sizeof(typename Pack::scalar) == 4) {
    q = Pack(0.000199448744415895904);
    for (double c : {0.00139821860462777512, 0.00833323613352186254, 0.0416657912300064554,
                     0.166666668016834353, 0.500000012160716671})
      q = q * x + Pack(c);
  } else {
    q = Pack(1.15096423706657608e-11);
    for (double c : {1.6121291390767837e-10, 2.0876635370907815e-9, 2.50519137456347974e-8,
                     2.75573194064572704e-7, 2.75573195160283087e-6, 0.0000248015873014542314,
                     0.000198412698410568611, 0.00138888888888889305, 0.0083333333333333999,
                     0.0416666666666666666, 0.166666666666666666, 0.5})
      q = q * x + Pack(c);
  }
  return x * x * q;
}

/// Beyond |x| = 1/2 the two functions below are computed from p and q, where little cancels.
template <class Pack>
KD_HD Pack divergence_term(Pack p, Pack q, Pack x) {
  const Pack none(0), far = q - p - select(p > none, p * x, none);
  return select(Pack(0.5) > abs(x), p * exponential_excess(x), far);
}
template <class Pack>
KD_HD Pack probability_gap(Pack p, Pack q, Pack x) {
  return select(Pack(0.5) > abs(x), p * (exponential_excess(x) + x), q - p);
}

constexpr term gap(term log_p, term log_q) { return apply(op::gap, log_p, log_q); }

template <>
struct operation<op::divergence> {
  static constexpr auto symbol = "divergence";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto log_p, auto log_q) {
    return divergence_term(exp(log_p), exp(log_q), log_q - log_p);
  }
  static constexpr void pullback(auto& d, term log_p, term log_q, term, term, term g) {
    d(log_q, g * gap(log_p, log_q));
    const term p = exp(log_p), none = constant(*g.g, 0);
    d(log_p, g * p * where(apply(op::greater, p, none), log_p - log_q, none));
  }
};
template <>
struct operation<op::gap> {
  static constexpr auto symbol = "gap";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto log_p, auto log_q) {
    return probability_gap(exp(log_p), exp(log_q), log_q - log_p);
  }
  static constexpr void pullback(auto& d, term log_p, term log_q, term, term, term g) {
    d(log_q, g * exp(log_q)), d(log_p, -(g * exp(log_p)));
  }
};
template <>
struct operation<op::divergence_at> {
  static constexpr auto symbol = "divergence";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto log_p, auto q, auto x) { return divergence_term(exp(log_p), q, x); }
  static constexpr void pullback(auto& d, term log_p, term q, term x, term out, term g) {
    d(x, g * apply(op::gap_at, log_p, q, x)), d(log_p, g * out);
  }
};
template <>
struct operation<op::gap_at> {
  static constexpr auto symbol = "gap";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto log_p, auto q, auto x) { return probability_gap(exp(log_p), q, x); }
  static constexpr void pullback(auto& d, term log_p, term q, term x, term out, term g) {
    d(x, g * q), d(log_p, g * out);
  }
};
template <>
struct operation<op::divergence_of> {
  static constexpr auto symbol = "divergence";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto p, auto q, auto x) { return divergence_term(p, q, x); }
  static constexpr void pullback(auto&, term, term, term, term, term) {}  // behind differentiation
};
template <>
struct operation<op::gap_of> {
  static constexpr auto symbol = "gap";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto p, auto q, auto x) { return probability_gap(p, q, x); }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};

}  // namespace kd::detail

#include <kd/graph/operation_table.hpp>
