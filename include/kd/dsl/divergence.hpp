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

}  // namespace kd
