// SPDX-License-Identifier: MIT
#include <kd/loss/label/cross_entropy.hpp>
#include <kd/loss/label/self_label_smoothing.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("self_label_smoothing: the table") {
  loss_row row =
      loss_row_of("self_label_smoothing",
                  [](auto in, double temperature) {
                    return kd::self_label_smoothing(
                        in.s, in.y, {.correct_probability = 0.9, .temperature = temperature});
                  },
                  {.tempered = true, .reaches_3e38 = false, .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    logits<double> smoothed = d;
    smoothed.t.setConstant(std::log(0.1 / static_cast<double>(d.t.cols() - 1)));
    for (Eigen::Index i = 0; i < d.t.rows(); ++i)
      smoothed.t(i, d.labels[static_cast<std::size_t>(i)]) = std::log(0.9);
    return T * T * mean_over_rows(smoothed, T, [](const auto& s, const auto& t, std::size_t) {
             return plain_kl(t, s);
           });
  };
  check_loss(row);
}
TEST_CASE("self_label_smoothing: a certain teacher gives the cross-entropy") {
  const logits<double> d = random_logits<double>(3, 6);
  const auto certain =
      kd::self_label_smoothing(zs, y, {.correct_probability = 1, .temperature = 1});
  for_each_backend([&](auto backend) {
    CHECK(close(run(certain, backend, d).value(), run(kd::cross_entropy(zs, y), backend, d).value(),
                1e-13));
  });
}
