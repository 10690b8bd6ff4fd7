// SPDX-License-Identifier: MIT
#include <kd/loss/label/total_variation.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("total_variation: the table") {
  check_loss(loss_row_of("total_variation",
                         [](auto in, double temperature) {
                           return kd::total_variation(in.s, in.t, {.temperature = temperature});
                         },
                         {.zero_at_teacher = true, .masked = true, .keeps_digits = false}));
}
TEST_CASE("total_variation: is 1 for distributions apart") {
  logits<double> d = random_logits<double>(1, 3);
  d.s << 1e4, 0, 0;
  d.t << 0, 1e4, 0;
  CHECK(run(kd::total_variation(zs, zt), kd::eigen, d).value() == 1);
}
