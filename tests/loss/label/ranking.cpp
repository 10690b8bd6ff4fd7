// SPDX-License-Identifier: MIT
#include <kd/loss/label/ranking.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("listwise_ranking: the table") {
  loss_row row =
      loss_row_of("listwise_ranking",
                  [](auto in, double temperature) {
                    return kd::listwise_ranking(in.s, in.t, {.temperature = temperature});
                  },
                  {.masked = true, .one_hot = true, .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    return mean_over_rows(d, T, [](const auto& s, const auto& t, std::size_t) {
      long double sum = 0;
      for (std::size_t i = 0; i < s.size(); ++i) sum -= std::exp(t[i]) * s[i];
      return sum;
    });
  };
  check_loss(row);
}
TEST_CASE("pairwise_ranking: the table") {
  loss_row row =
      loss_row_of("pairwise_ranking",
                  [](auto in, double) { return kd::pairwise_ranking(in.s, in.t, {.margin = 0.7}); },
                  {.spoils_gradient = false,
                   .large = false,
                   .of_teacher = mask::broken,
                   .of_student = mask::broken});
  row.formula = [](const logits<double>& d, double) {
    return mean_over_rows(d, 1, [](const auto& s, const auto& t, std::size_t) {
      long double lost = 0, pairs = 0;
      for (std::size_t i = 0; i < s.size(); ++i)
        for (std::size_t j = 0; j < s.size(); ++j)
          if (t[i] > t[j]) lost += std::max(0.0L, 0.7L - (s[i] - s[j])), ++pairs;
      return lost / pairs;
    });
  };
  check_loss(row);
}
TEST_CASE("pairwise_ranking: is 0 where the student orders as the teacher does, by the margin") {
  logits<double> d = random_logits<double>(2, 3);
  d.t << 1, 2, 3, 3, 3, 1;
  d.s << 0, 2, 4, 9, 5, 0;
  const auto r = run(kd::pairwise_ranking(zs, zt), kd::eigen, d);
  CHECK(r.value() == 0);
  CHECK(gradient_matrix(r, zs).cwiseAbs().maxCoeff() == 0);
  d.t.setZero();  // no pairs at all
  CHECK(run(kd::pairwise_ranking(zs, zt), kd::eigen, d).value() == 0);
}
