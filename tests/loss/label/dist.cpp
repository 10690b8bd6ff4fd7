// SPDX-License-Identifier: MIT
#include <kd/loss/label/dist.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto of = [](auto in, double temperature) {
  return kd::dist(in.s, in.t, {.beta = 0.7, .gamma = 2, .temperature = temperature});
};
}  // namespace

// 1 - r cancels near the teacher, and so does p - mean(p) where a class hardly varies over the batch: a
// gradient in float is right to 1e-4. r does not shrink as the temperature grows, so T^2 is not made up for.
TEST_CASE("dist: the table") {
  check_loss(loss_row_of("dist", of,
                         {.not_negative = false,
                          .rows_apart = false,
                          .float_tolerance = 1e-4,
                          .warms_in_float = false}));
}
TEST_CASE("dist: is small at the teacher and where its probabilities are stretched") {
  logits<double> d = random_logits<double>(6, 5);
  d.t = d.s;
  CHECK(std::abs(run(of(flat, 2), kd::eigen, d).value()) <= 1e-13);
}
