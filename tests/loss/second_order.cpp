// SPDX-License-Identifier: MIT
// gradient_of: a gradient is an expression, with a value and a gradient of its own.
#include "loss/table.hpp"

using namespace kd::test;

namespace {

const auto hard = kd::cross_entropy(zs, y);
const auto soft = kd::kl_divergence(zs, zt, {.temperature = 2});

/// The mean squared length of a row's gradient, times the square of the batch.
template <class Objective>
auto penalty(const Objective& objective) {
  const auto g = kd::extent<batch> * kd::gradient_of(objective, zs);  // (batch, classes)
  return kd::mean<batch>(kd::sum<classes>(kd::square(g)));
}

}  // namespace

TEST_CASE("the gradient as an expression is the gradient") {
  const logits<double> d = random_logits<double>(4, 7);
  const auto g = run(hard, kd::eigen, d);
  double sum = 0;
  for (Eigen::Index i = 0; i < 4; ++i)
    for (Eigen::Index j = 0; j < 7; ++j) sum += g.gradient(zs)(i, j) * g.gradient(zs)(i, j);
  const auto squared = kd::sum<batch, classes>(kd::square(kd::gradient_of(hard, zs)));
  for_each_backend(
      [&](auto backend) { CHECK(close(run(squared, backend, d).value(), sum, 1e-13)); });
}
TEST_CASE("a gradient penalty passes every check of a loss") {
  const laws holds{.shift_invariant = true, .batch_mean = true};
  check_loss(row_of(
      "penalty", [](double) { return penalty(hard); }, holds));
  check_loss(row_of(
      "sum", [](double) { return hard + 0.1 * penalty(hard); }, holds));
  check_loss(row_of("of a divergence",
                    [](double T) { return penalty(kd::kl_divergence(zs, zt, {.temperature = T})); },
                    {.zero_at_teacher = true}));
}
TEST_CASE("gradients that lack axes, and gradients by constants") {
  const logits<double> d = random_logits<double>(3, 5);
  const auto ones = kd::gradient_of(kd::sum<batch, classes>(zs), zs);
  CHECK(kd::evaluate(kd::sum<batch, classes>(ones * zs), zs = d.s).value() == Approx(d.s.sum()));
  const auto counted =
      kd::mean<batch>(kd::log_sum_exp<classes>(ones)) + 0 * kd::sum<batch, classes>(zs);
  for_each_backend([&](auto backend) {
    CHECK(close(kd::evaluate(counted, backend, zs = d.s).value(), 1 + std::log(5.0), 1e-13));
  });
  const auto by_teacher = kd::sum<batch, classes>(kd::gradient_of(soft, zt) * zs);
  CHECK(std::isfinite(run(by_teacher, kd::eigen, d).value()));
  const auto third = kd::gradient_of(
      kd::sum<batch, classes>(kd::gradient_of(kd::sum<batch, classes>(kd::pow(zs, 3)), zs)), zs);
  CHECK(
      close(kd::evaluate(kd::sum<batch, classes>(third), zs = d.s).value(), 6 * d.s.sum(), 1e-12));
}
TEST_CASE("parts of a differentiated objective are not parts of the whole") {
  const logits<double> d = random_logits<double>(2, 3);
  const auto result = run(hard + penalty(hard), kd::eigen, d);
  CHECK(result.term<"cross_entropy">() == run(hard, kd::eigen, d).value());
}
