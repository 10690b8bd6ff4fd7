// SPDX-License-Identifier: MIT
#include <kd/loss/label/soft_targets.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto loss = kd::soft_targets(zs, zt, y, {.temperature = 3, .alpha = 0.7});
}

TEST_CASE("soft_targets: the table") {
  check_loss(loss_row_of(
      "soft_targets",
      [](auto in, double temperature) {
        return kd::soft_targets(in.s, in.t, in.y, {.temperature = temperature, .alpha = 0.7});
      },
      {.tempered = true, .masked = true, .one_hot = true, .of_student = mask::infinite}));
}
TEST_CASE("soft_targets: is the sum of its parts") {
  const logits<double> d = random_logits<double>(4, 10);
  const auto whole = run(loss, kd::eigen, d);
  CHECK(close(whole.value(),
              0.7 * whole.term<"kl_divergence">() + 0.3 * whole.term<"cross_entropy">(), 1e-14));
  CHECK(close(whole.term<"kl_divergence">(),
              run(kd::kl_divergence(zs, zt, {.temperature = 3}), kd::eigen, d).value(), 1e-14));
  CHECK(run(kd::soft_targets(zs, zt, {.temperature = 3}), kd::eigen, d).value() ==
        whole.term<"kl_divergence">());
}
TEST_CASE(
    "soft_targets: one row kernel reads each tensor of logits once and writes the gradient once") {
  constexpr const auto& plan =
      kd::detail::compiled<kd::detail::tag_of<std::remove_cvref_t<decltype(loss)>>>::value;
  int row_kernels = 0, reads = 0, writes = 0;
  for (int s = 0; s < plan.stages; ++s) {
    const auto& stage = plan.stage[s];
    row_kernels += stage.kind == kd::detail::stage_kind::row_kernel;
    CHECK(stage.kind != kd::detail::stage_kind::map_reduce);
    for (int k = 0; k < stage.buffers; ++k)
      if (stage.wide[k]) (stage.written[k] ? writes : reads) += 1;
  }
  CHECK(row_kernels == 1);
  CHECK(reads == 2);
  CHECK(writes == 1);
}
TEST_CASE("soft_targets: alpha outside 0 to 1 is an error") {
  const logits<float> d = random_logits<float>(2, 3);
  CHECK_THROWS_WITH(run(kd::soft_targets(zs, zt, y, {.alpha = 1.5}), kd::eigen, d),
                    "kd: alpha is 1.5 at progress 0; it must be between 0 and 1");
}
