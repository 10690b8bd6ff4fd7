// SPDX-License-Identifier: MIT
#include <kd/loss/label/kl_divergence.hpp>
#include "loss/checks.hpp"

using namespace kd::test;

namespace {
const auto loss = kd::kl_divergence(zs, zt, {.temperature = 2.5});
}

TEST_CASE("kl_divergence: gradient") { check_gradient(loss); }
TEST_CASE("kl_divergence: backends agree") {
  check_backends<float>(loss);
  check_backends<double>(loss);
}
TEST_CASE("kl_divergence: laws") {
  check_shift_invariance(loss);
  check_zero_at_teacher<double>(loss);
  check_zero_at_teacher<float>(loss);
  check_batch_mean(loss);
  for (unsigned seed = 1; seed <= 20; ++seed)
    CHECK(run(loss, kd::eigen, random_logits<double>(5, 12, 4, seed)).value() >= 0);
}
TEST_CASE(
    "kl_divergence: tends to half the variance of the logits' differences as the temperature "
    "grows") {
  const logits<double> d = random_logits<double>(1, 8);
  const matrix<double> difference = d.s - d.t;
  const double mean = difference.mean();
  const double limit = (difference.array() - mean).square().sum() / (2 * 8);
  CHECK(close(run(kd::kl_divergence(zs, zt, {.temperature = 1e4}), kd::eigen, d).value(), limit,
              1e-3));
}
TEST_CASE("kl_divergence: a temperature that is not positive is an error") {
  const logits<float> d = random_logits<float>(2, 3);
  for (const double temperature : {0.0, -1.0, std::nan(""), HUGE_VAL})
    CHECK_THROWS_AS(run(kd::kl_divergence(zs, zt, {.temperature = temperature}), kd::eigen, d),
                    kd::value_error);
}
