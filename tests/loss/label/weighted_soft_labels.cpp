// SPDX-License-Identifier: MIT
#include <kd/loss/label/kl_divergence.hpp>
#include <kd/loss/label/weighted_soft_labels.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto of = [](auto in, double temperature) {
  return kd::weighted_soft_labels(in.s, in.t, in.y, {.temperature = temperature});
};
double weight(const logits<double>& d, Eigen::Index row) {
  const auto label = static_cast<std::size_t>(d.labels[static_cast<std::size_t>(row)]);
  return static_cast<double>(-std::expm1(log_probabilities(d.s, row, 1)[label] /
                                         (1e-7L - log_probabilities(d.t, row, 1)[label])));
}
}  // namespace

TEST_CASE("weighted_soft_labels: the table") {
  loss_row row = loss_row_of("weighted_soft_labels", of,
                             {.zero_at_teacher = true,
                              .tempered = true,
                              .masked = true,
                              .differentiated = false,
                              .reaches_3e38 = false,
                              .large_tolerance = 1e-3,
                              .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    Eigen::Index i = 0;
    return T * T * mean_over_rows(d, T, [&](const auto& s, const auto& t, std::size_t) {
             return weight(d, i++) * plain_kl(t, s);
           });
  };
  check_loss(row);
}
TEST_CASE("weighted_soft_labels: its gradient is the KL divergence's times the weight of the row") {
  const logits<double> d = random_logits<double>(4, 7);
  for_each_backend([&](auto backend) {
    matrix<double> wanted =
        gradient_matrix(run(kd::kl_divergence(zs, zt, {.temperature = 3}), backend, d), zs);
    for (Eigen::Index i = 0; i < 4; ++i) wanted.row(i) *= weight(d, i);
    CHECK((gradient_matrix(run(of(flat, 3), backend, d), zs) - wanted).cwiseAbs().maxCoeff() <=
          1e-14);
  });
}
