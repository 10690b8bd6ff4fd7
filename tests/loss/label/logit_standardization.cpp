// SPDX-License-Identifier: MIT
#include <kd/loss/label/logit_standardization.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto of = [](auto in, double temperature) {
  return kd::logit_standardization(in.s, in.t, {.temperature = temperature});
};
}  // namespace

TEST_CASE("logit_standardization: the table") {
  check_loss(loss_row_of("logit_standardization", of,
                         {.zero_at_teacher = true,
                          .reaches_3e38 = false,
                          .keeps_digits = false,
                          .of_teacher = mask::broken,
                          .of_student = mask::broken}));
}
TEST_CASE("logit_standardization: the scale of a row of logits does not matter") {
  const logits<double> d = random_logits<double>(3, 8);
  const logits<double> scaled{matrix<double>(7 * d.s), matrix<double>(0.5 * d.t), d.labels};
  CHECK(close(run(of(flat, 2), kd::eigen, scaled).value(), run(of(flat, 2), kd::eigen, d).value(),
              1e-6));
}
