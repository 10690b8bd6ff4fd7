// SPDX-License-Identifier: MIT
#pragma once
#include <kd/dsl/divergence.hpp>
#include <kd/dsl/elementwise.hpp>

namespace kd {

namespace detail {
/// Whether e^a and e^b are both 0, as for a class that is masked by -inf; false for NaN.
template <Expression A>
KD_INLINE constexpr auto is_absent(const A& larger) {
  return less_equal(larger, constant_of<-1, 1, 38>);
}
}  // namespace detail

namespace detail {
/// log(w + (1 - w) e^x) is this, or this and x where e^x is large: then e^-x is not.
template <Expression Weight, Expression Ratio>
KD_INLINE constexpr auto log_of_shares(const Weight& weight, const Ratio& x) {
  return read_once(
      [](auto w, auto y) {
        const auto large = greater(y, constant_of<1>);
        return log1p(where(large, w, constant_of<1> - w) * expm1(where(large, -y, y)));
      },
      weight, x);
}
}  // namespace detail

/// log((weight p + (1 - weight) q) / p) from x = log q - log p, for a scalar weight in [0, 1]:
/// accurate relative to itself near p = q, 0 to the bit there and where weight = 1. Its derivative
/// in x is the share of q in the mixture, also where p or q is 0.
template <class Weight, Expression Ratio>
requires(Expression<Weight> || Scalar<Weight>) KD_INLINE
    constexpr auto log_mixture_ratio(const Weight& scalar, const Ratio& ratio) {
  return detail::read_once(
      [](auto weight, auto x) {
        const auto shares = detail::log_of_shares(weight, x);
        const auto mixed = where(greater(x, constant_of<1>), x + shares, shares);
        return where(equal(weight, constant_of<0>), x,
                     where(equal(weight, constant_of<1>), constant_of<0>, mixed));
      },
      detail::as_expression(scalar), ratio);
}
/// log((weight p + (1 - weight) q) / q) from the same x: the same less x. Beside it, it costs no
/// further logarithm.
template <class Weight, Expression Ratio>
requires(Expression<Weight> || Scalar<Weight>) KD_INLINE
    constexpr auto log_mixture_ratio_of_second(const Weight& scalar, const Ratio& ratio) {
  return detail::read_once(
      [](auto weight, auto x) {
        const auto shares = detail::log_of_shares(weight, x);
        const auto mixed = where(greater(x, constant_of<1>), shares, shares - x);
        return where(equal(weight, constant_of<0>), constant_of<0>,
                     where(equal(weight, constant_of<1>), -x, mixed));
      },
      detail::as_expression(scalar), ratio);
}

/// log q - log p from log p and log q; 0 where both are 0, as for a class that is masked by -inf in
/// both. Of two log_softmaxes it is accurate relative to itself, however alike they are.
template <Expression P, Expression Q>
KD_INLINE constexpr auto log_ratio(const P& log_p, const Q& log_q) {
  return detail::read_once(
      [](auto a, auto b) { return where(detail::is_absent(max(a, b)), constant_of<0>, b - a); },
      log_p, log_q);
}

/// log(weight p + (1 - weight) q) from log p and log q, for a scalar weight in [0, 1]: log p to the
/// bit where p = q or weight = 1, log q where weight = 0; -inf only where both are. Its gradient is
/// finite wherever p or q is not 0, and 0 where both are.
template <class Weight, Expression P, Expression Q>
requires(Expression<Weight> || Scalar<Weight>) KD_INLINE
    constexpr auto log_mixture(const Weight& scalar, const P& log_p, const Q& log_q) {
  return detail::read_once(
      [](auto weight, auto log_a, auto log_b) {
        return detail::read_once(
            [](auto w, auto a, auto b, auto x) {
              const auto shares = detail::log_of_shares(w, x);
              const auto mixed = where(greater(x, constant_of<1>), b, a) + shares;
              return where(equal(w, constant_of<0>), b, where(equal(w, constant_of<1>), a, mixed));
            },
            weight, log_a, log_b, log_ratio(log_a, log_b));
      },
      detail::as_expression(scalar), log_p, log_q);
}

/// KL(p || weight p + (1 - weight) q) along axes, from log p and log q as log_softmax makes them,
/// for a scalar weight in [0, 1]. Accurate relative to itself near p = q, like kl.
template <auto... Over, class Weight, Expression P, Expression Q>
requires(Expression<Weight> || Scalar<Weight>) KD_INLINE
    constexpr auto kl_to_mixture(const Weight& scalar, const P& log_p, const Q& log_q) {
  return detail::read_once(
      [](auto weight, auto a, auto b) {
        const auto m = weight * exp(a) + (constant_of<1> - weight) * exp(b);
        return kl_of_ratio<Over...>(a, m, log_mixture_ratio(weight, log_ratio(a, b)));
      },
      detail::as_expression(scalar), log_p, log_q);
}

/// -sum p log p along axes, from log p; positions with p = 0 count as 0.
template <auto... Over, Expression P>
KD_INLINE constexpr auto entropy(const P& log_p) {
  return detail::read_once(
      [](auto x) {
        const auto p = exp(x);
        return -sum<Over...>(p * where(equal(p, constant_of<0>), constant_of<0>, x));
      },
      log_p);
}

}  // namespace kd
