// SPDX-License-Identifier: MIT
#include <kd/loss/label/binary_cross_entropy.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

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
