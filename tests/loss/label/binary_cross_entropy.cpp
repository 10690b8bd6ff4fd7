// SPDX-License-Identifier: MIT
#include <kd/loss/label/binary_cross_entropy.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;
using Catch::Contains;

namespace {
loss_row row() {
  return loss_row_of("binary_cross_entropy",
                     [](auto in, double) { return kd::binary_cross_entropy(in.s, in.t); },
                     {.shift_invariant = false, .of_student = mask::infinite});
}
}  // namespace

TEST_CASE("binary_cross_entropy: the table") { check_loss(row()); }
TEST_CASE("binary_cross_entropy: of targets is that of logits with these sigmoids") {
  constexpr auto targets = kd::given<"targets", batch, classes>;
  const logits<double> d = random_logits<double>(4, 5);
  const matrix<double> p = (1 + (-d.t.array()).exp()).inverse();
  const auto got =
      kd::evaluate(kd::binary_cross_entropy_with_targets(zs, targets), zs = d.s, targets = p);
  CHECK(close(got.value(), row()(false, d).value, 1e-14));
  CHECK((gradient_matrix(got, zs) - row()(false, d).gradient).cwiseAbs().maxCoeff() <= 1e-15);
}
TEST_CASE("binary_cross_entropy: a target that is no probability is refused, with a sentence") {
  const logits<double> d = random_logits<double>(4, 5);
  matrix<double> p = matrix<double>::Constant(4, 5, 0.5);
  p(2, 3) = 1.25;
  constexpr auto targets = kd::given<"targets", batch, classes>;
  const auto objective = kd::binary_cross_entropy_with_targets(zs, targets);
  for_each_backend([&](auto backend) {
    CHECK(std::isnan(kd::evaluate(objective, backend, zs = d.s, targets = p).value()));
    CHECK_THROWS_WITH(
        kd::evaluate(objective, backend, kd::non_finite::check, zs = d.s, targets = p),
        Contains("a target of binary_cross_entropy is not between 0 and 1"));
  });
}
