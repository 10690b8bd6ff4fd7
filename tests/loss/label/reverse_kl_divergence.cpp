// SPDX-License-Identifier: MIT
#include <kd/loss/label/reverse_kl_divergence.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("reverse_kl_divergence: the table") {
  loss_row row =
      loss_row_of("reverse_kl_divergence",
                  [](auto in, double temperature) {
                    return kd::reverse_kl_divergence(in.s, in.t, {.temperature = temperature});
                  },
                  {.zero_at_teacher = true,
                   .tempered = true,
                   .masked = true,
                   .limit = 1,
                   .of_teacher = mask::broken});
  row.formula = [](const logits<double>& d, double T) {
    return T * T * mean_over_rows(d, T, [](const auto& log_s, const auto& log_t, std::size_t) {
             return plain_kl(log_s, log_t);
           });
  };
  check_loss(row);
}
