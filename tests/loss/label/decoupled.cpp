// SPDX-License-Identifier: MIT
#include <kd/loss/label/decoupled.hpp>
#include <kd/loss/label/kl_divergence.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto of = [](auto in, double temperature) {
  return kd::decoupled(in.s, in.t, in.y, {.temperature = temperature});
};
}  // namespace

TEST_CASE("decoupled: the table") {
  check_loss(loss_row_of("decoupled", of,
                         {.zero_at_teacher = true,
                          .tempered = true,
                          .masked = true,
                          .keeps_digits = false,
                          .warms_in_float = false,
                          .rounds_up = false,
                          .large_tolerance = 1e-3,
                          .of_student = mask::infinite}));
}
TEST_CASE("decoupled: with weights 1 and 1 - p_t[y] the parts are the KL divergence") {
  const logits<double> d = random_logits<double>(1, 7);
  const auto log_p = log_probabilities(d.t, 0, 2);
  const double rest =
      1 - static_cast<double>(std::exp(log_p[static_cast<std::size_t>(d.labels[0])]));
  const auto parts = kd::decoupled(zs, zt, y, {.alpha = 1, .beta = rest, .temperature = 2});
  CHECK(close(run(parts, kd::eigen, d).value(),
              run(kd::kl_divergence(zs, zt, {.temperature = 2}), kd::eigen, d).value(), 1e-13));
}
TEST_CASE("decoupled: a label class far above the others does not leak into them") {
  logits<double> d = random_logits<double>(2, 5);
  for (int i : {0, 1}) d.s(i, d.labels[static_cast<std::size_t>(i)]) = 5000;  // more than 1000 * T
  const auto far = run(kd::decoupled(zs, zt, y, {.alpha = 0}), kd::eigen, d);
  for (int i : {0, 1}) d.s(i, d.labels[static_cast<std::size_t>(i)]) = 0;
  const auto near = run(kd::decoupled(zs, zt, y, {.alpha = 0}), kd::eigen, d);
  CHECK(far.value() == near.value());
  CHECK(gradient_matrix(far, zs) == gradient_matrix(near, zs));
}
