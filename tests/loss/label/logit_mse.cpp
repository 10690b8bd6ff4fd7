// SPDX-License-Identifier: MIT
#include <kd/loss/label/logit_mse.hpp>
#include "loss/checks.hpp"

using namespace kd::test;

namespace {
constexpr auto loss = kd::logit_mse(zs, zt);
}

TEST_CASE("logit_mse: gradient") { check_gradient(loss); }
TEST_CASE("logit_mse: backends agree") {
  check_backends<float>(loss);
  check_backends<double>(loss);
}
TEST_CASE("logit_mse: laws") {
  check_zero_at_teacher<float>(loss);
  check_batch_mean(loss);
  const logits<double> d = random_logits<double>(3, 8);
  CHECK(close(run(loss, kd::eigen, d).value(), (d.s - d.t).squaredNorm() / 24, 1e-14));
}
