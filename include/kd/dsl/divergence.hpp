// SPDX-License-Identifier: MIT
#pragma once
#include <kd/dsl/reduce.hpp>

namespace kd {

/// KL(p || q) along axes, from log p and log q: sum of p (log p - log q), where positions of p = 0
/// count as 0. Both must be logarithms of distributions along the axes, as log_softmax makes them;
/// then it is never negative and exactly 0 where they are equal to the bit. Without axes, the term
/// of each position.
template <auto... Over, Expression P, Expression Q>
KD_INLINE constexpr auto kl(const P& log_p, const Q& log_q) {
  const auto terms = detail::apply_to<detail::op::divergence>(log_p, log_q);
  if constexpr (sizeof...(Over) == 0) return terms;
  else return sum<Over...>(terms);
}

/// The same from log p, q and x = log q - log p, where x is known better than from log q: of a
/// mixture from log_mixture_ratio. Gradients go through log p and x, and none through q.
template <auto... Over, Expression P, Expression Q, Expression Ratio>
KD_INLINE constexpr auto kl_of_ratio(const P& log_p, const Q& q, const Ratio& x) {
  const auto terms = detail::apply_to<detail::op::divergence_at>(log_p, q, x);
  if constexpr (sizeof...(Over) == 0) return terms;
  else return sum<Over...>(terms);
}

}  // namespace kd
