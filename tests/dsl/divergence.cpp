// SPDX-License-Identifier: MIT
#include <kd/dsl/divergence.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

constexpr auto log_p = kd::log_softmax<classes>(z);
constexpr auto log_q = kd::log_softmax<classes>(x);
static_assert(has_exactly(kd::kl<classes>(log_p, log_q), batch));

TEST_CASE("divergence: the sum of p (log p - log q), and 0 between equals") {
  double expected = 0;
  for (std::size_t row : {0u, 3u}) {
    double p_sum = 0, q_sum = 0;
    for (std::size_t c = row; c < row + 3; ++c)
      p_sum += std::exp(z_values[c]), q_sum += std::exp(x_values[c]);
    for (std::size_t c = row; c < row + 3; ++c)
      expected += std::exp(z_values[c]) / p_sum *
                  (z_values[c] - std::log(p_sum) - x_values[c] + std::log(q_sum));
  }
  const auto divergence = kd::sum<batch>(kd::kl<classes>(log_p, log_q));
  CHECK(value_of(divergence, x = X, z = Z) == close_to(expected));
  CHECK(value_of(divergence, x = X, z = X) == 0);
}
