// SPDX-License-Identifier: MIT
// What a user may rely on: losses of the same logits become one row kernel, however many they are.
#include <kd/kd.hpp>
#include <kd/loss.hpp>
#include "loss/checks.hpp"
#include "support/catch.hpp"

using namespace kd::test;
using namespace kd::detail;

namespace {
const auto label_losses = kd::cross_entropy(zs, y, {.label_smoothing = 0.1}) +
                          kd::soft_targets(zs, zt, {.temperature = 4}) + kd::decoupled(zs, zt, y) +
                          kd::jensen_shannon(zs, zt);

/// How often instructions of a section do `what` along the row with a buffer of this kind.
int count_wide(const program& p, const stage_program& stage, section s, action what,
               memory::kind_t kind, int number) {
  int n = 0;
  for (int i = s.begin; i < s.end; ++i) {
    if (p.code[i].what != what || !p.code[i].wide) continue;
    const memory& m = p.buffer[stage.buffer[p.code[i].number]];
    n += m.kind == kind && m.number == number;
  }
  return n;
}
}  // namespace

TEST_CASE(
    "cross-entropy, tempered KL, smoothing, DKD and JS of the same logits are one row kernel") {
  const program& p = kd::plan(label_losses);
  int row_kernels = 0;
  for (int s = 0; s < p.stages; ++s) {
    const stage_program& stage = p.stage[s];
    CHECK(stage.kind != stage_kind::contract);
    if (stage.kind == stage_kind::row_kernel) {
      ++row_kernels;
      continue;
    }
    for (int k = 0; k < stage.buffers; ++k)  // others count labels and add up scalars
      CHECK(p.g.input[p.buffer[stage.buffer[k]].number].role == kd::role::labels);
  }
  CHECK(row_kernels == 1);
  CHECK(p.kept == 0);  // nothing goes from stage to stage through memory
}

TEST_CASE("that row kernel loads logits at most once per sweep and stores the gradient once") {
  const program& p = kd::plan(label_losses);
  for (int s = 0; s < p.stages; ++s) {
    const stage_program& stage = p.stage[s];
    if (stage.kind != stage_kind::row_kernel) continue;
    CHECK(stage.phases == 4);  // maxima; exponentials; the ratios of their sums; gradient
    for (int k = 0; k < p.g.inputs; ++k) {
      if (p.g.input[k].rank < 2) continue;
      int stores = 0;
      for (int phase = 0; phase < stage.phases; ++phase) {
        CHECK(count_wide(p, stage, stage.body[phase], action::load, memory::input, k) <= 1);
        stores += count_wide(p, stage, stage.body[phase], action::store, memory::gradient, k);
      }
      CHECK(stores == (p.g.input[k].differentiable() ? 1 : 0));
    }
  }
}

TEST_CASE("that row kernel computes what the reference does, node by node") {
  const logits<double> d = random_logits<double>(5, 19);
  const auto fused = run(label_losses, kd::eigen, d);
  const auto reference = run(label_losses, kd::reference, d);
  CHECK(close(fused.value(), reference.value(), 1e-13));
  CHECK(largest_difference(gradient_matrix(fused, zs), gradient_matrix(reference, zs)) <= 1e-13);
}
