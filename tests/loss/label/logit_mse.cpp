// SPDX-License-Identifier: MIT
#include <kd/loss/label/logit_mse.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("logit_mse: the table") {
  loss_row row = loss_row_of("logit_mse", [](auto in, double) { return kd::logit_mse(in.s, in.t); },
                             {.shift_invariant = false,
                              .zero_at_teacher = true,
                              .of_teacher = mask::broken,
                              .of_student = mask::broken});
  row.formula = [](const logits<double>& d, double) {
    return (d.s - d.t).squaredNorm() / static_cast<double>(d.s.size());
  };
  check_loss(row);
}
