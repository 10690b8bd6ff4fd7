// SPDX-License-Identifier: MIT
#include <kd/loss/label/kl_divergence.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("kl_divergence: the table") {
  loss_row row = loss_row_of("kl_divergence",
                             [](auto in, double temperature) {
                               return kd::kl_divergence(in.s, in.t, {.temperature = temperature});
                             },
                             {.zero_at_teacher = true,
                              .tempered = true,
                              .masked = true,
                              .one_hot = true,
                              .limit = 1,
                              .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    return T * T * mean_over_rows(d, T, [](const auto& s, const auto& t, std::size_t) {
             return plain_kl(t, s);
           });
  };
  check_loss(row);
}
TEST_CASE(
    "kl_divergence: tends to half the variance of the logits' differences as the temperature "
    "grows") {
  const logits<double> d = random_logits<double>(1, 8);
  const matrix<double> difference = d.s - d.t;
  const double mean = difference.mean();
  const double limit = (difference.array() - mean).square().sum() / (2 * 8);
  CHECK(close(run(kd::kl_divergence(zs, zt, {.temperature = 1e4}), kd::eigen, d).value(), limit,
              1e-3));
}
TEST_CASE("kl_divergence: a temperature that is not positive is an error") {
  const logits<float> d = random_logits<float>(2, 3);
  for (const double temperature : {0.0, -1.0, std::nan(""), HUGE_VAL})
    CHECK_THROWS_AS(run(kd::kl_divergence(zs, zt, {.temperature = temperature}), kd::eigen, d),
                    kd::value_error);
}
