// SPDX-License-Identifier: MIT
#include <kd/loss/label/alpha_beta_divergence.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
loss_row row(double alpha, double beta) {
  return loss_row_of("alpha_beta_divergence",
                     [=](auto in, double temperature) {
                       return kd::alpha_beta_divergence(
                           in.s, in.t, {.alpha = alpha, .beta = beta, .temperature = temperature});
                     },
                     {.zero_at_teacher = true,
                      .tempered = true,
                      .masked = true,
                      .limit = std::pow(8, 1 - alpha - beta),
                      .reaches_3e38 = false,
                      .large_tolerance = 5e-3,
                      .of_teacher = alpha > 0 ? mask::low : mask::broken,
                      .of_student = beta > 0 ? mask::low : mask::broken});
}
double at(double alpha, double beta, const logits<double>& d) {
  return row(alpha, beta)(false, d, 1).value;
}
}  // namespace

TEST_CASE("alpha_beta_divergence: the table") {
  for (const auto& [a, b] : {std::pair{0.2, 0.7}, {1.0, 0.3}, {0.0, 0.5}, {0.0, 0.0}}) {
    loss_row r = row(a, b);
    if (a > 0 && b > 0)
      r.formula = [alpha = static_cast<long double>(a), beta = static_cast<long double>(b)](
                      const logits<double>& d, double T) {
        return T * T * mean_over_rows(d, T, [&](const auto& s, const auto& t, std::size_t) {
                 long double sum = 0, g = alpha + beta;
                 for (std::size_t c = 0; c < s.size(); ++c)
                   sum -= std::exp(alpha * t[c] + beta * s[c]) - alpha / g * std::exp(g * t[c]) -
                          beta / g * std::exp(g * s[c]);
                 return sum / (alpha * beta);
               });
      };
    check_loss(r);
  }
}
TEST_CASE("alpha_beta_divergence: its limits are the KL divergences, and continuous") {
  const logits<double> d = random_logits<double>(3, 8);
  const auto kl = [&](auto f) { return mean_over_rows(d, 1, f); };
  const double forward =
      kl([](const auto& s, const auto& t, std::size_t) { return plain_kl(t, s); });
  const double reverse =
      kl([](const auto& s, const auto& t, std::size_t) { return plain_kl(s, t); });
  CHECK(close(at(1, 0, d), forward, 1e-13));
  CHECK(close(at(0, 1, d), reverse, 1e-13));
  const double squares = kl([](const auto& s, const auto& t, std::size_t) {
    long double sum = 0;
    for (std::size_t c = 0; c < s.size(); ++c) sum += (s[c] - t[c]) * (s[c] - t[c]) / 2;
    return sum;
  });
  CHECK(close(at(0, 0, d), squares, 1e-13));
  for (const double near : {1e-4, 1e-7, 1e-10}) {
    CHECK(std::abs(at(1, near, d) - forward) <= 20 * near * forward + 1e-13);
    CHECK(std::abs(at(near, 1, d) - reverse) <= 20 * near * reverse + 1e-13);
    CHECK(std::abs(at(near, near, d) - squares) <= 20 * near * squares + 1e-11);
  }
}
