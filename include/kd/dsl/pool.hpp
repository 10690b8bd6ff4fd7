// SPDX-License-Identifier: MIT
// Pooling: feature maps of two networks brought to one size.
#pragma once
#include <kd/dsl/contract.hpp>
#include <kd/dsl/elementwise.hpp>

namespace kd {

/// The mean over windows of axis From, one for each position of To, as PyTorch's
/// adaptive_avg_pool: of N positions, window p of n is [floor(p N / n), ceil((p + 1) N / n)), so
/// that n may also be larger than N. Another tensor of the objective has To and says how many
/// there are. Float is exact while N n < 2^24.
template <auto From, auto To, Expression A>
KD_INLINE constexpr auto adaptive_average_pool(const A& a) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else if constexpr (!detail::check_axes<A, From>()) return detail::mistaken{};
  else if constexpr (!detail::check_new_axis<A, To>()) return detail::mistaken{};
  else {
    const auto one = constant_of<1>;
    const auto begins = less(position<To> * extent<From>, (position<From> + one) * extent<To>);
    const auto ends = less(position<From> * extent<To>, (position<To> + one) * extent<From>);
    const auto inside = begins * ends;  // (To, From)
    return dot<From>(a, inside / sum<From>(inside));
  }
}

}  // namespace kd
