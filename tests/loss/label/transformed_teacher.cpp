// SPDX-License-Identifier: MIT
#include <kd/loss/label/transformed_teacher.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("transformed_teacher: the table") {
  loss_row row =
      loss_row_of("transformed_teacher",
                  [](auto in, double temperature) {
                    return kd::transformed_teacher(in.s, in.t, {.temperature = temperature});
                  },
                  {.masked = true, .one_hot = true, .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    const logits<double> warmed{matrix<double>(d.s * T), d.t, d.labels};  // undone by T below
    return mean_over_rows(warmed, T,
                          [](const auto& s, const auto& t, std::size_t) { return plain_kl(t, s); });
  };
  check_loss(row);
}
TEST_CASE("weighted_transformed_teacher: the table") {
  loss_row row = loss_row_of("weighted_transformed_teacher",
                             [](auto in, double temperature) {
                               return kd::weighted_transformed_teacher(
                                   in.s, in.t, {.temperature = temperature});
                             },
                             {.masked = true, .one_hot = true, .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    return mean_over_rows(d, 1, [&](const auto& s, auto t, std::size_t) {
      long double weight = 0;
      for (const long double x : t) weight += std::exp(x / T);
      for (long double& x : t) x = x / T - std::log(weight);
      return weight * plain_kl(t, s);
    });
  };
  check_loss(row);
}
TEST_CASE("transformed_teacher: is zero at the teacher's temperature alone") {
  logits<double> d = random_logits<double>(3, 6);
  d.s = d.t / 4;
  CHECK(run(kd::transformed_teacher(zs, zt), kd::eigen, d).value() <= 1e-30);
}
