// SPDX-License-Identifier: MIT
#include <kd/loss/label/soft_cross_entropy.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto of = [](auto in, double temperature) {
  return kd::soft_cross_entropy(in.s, in.t, {.temperature = temperature});
};
loss_row row() {
  return loss_row_of(
      "soft_cross_entropy", of,
      {.tempered = true, .masked = true, .one_hot = true, .of_student = mask::infinite});
}
}  // namespace

TEST_CASE("soft_cross_entropy: the table") {
  loss_row r = row();
  r.formula = [](const logits<double>& d, double T) {
    return T * T * mean_over_rows(d, T, [](const auto& log_s, const auto& log_t, std::size_t) {
             long double sum = 0;
             for (std::size_t c = 0; c < log_s.size(); ++c) sum -= std::exp(log_t[c]) * log_s[c];
             return sum;
           });
  };
  check_loss(r);
}
