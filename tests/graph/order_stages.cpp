// SPDX-License-Identifier: MIT
#include <kd/graph/differentiate.hpp>
#include <kd/graph/schedule_program.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {
/// The stages of a sum of two losses on Gram matrices whose pairs have axes of their own.
program two_grams() {
  small_graph s;
  const int other = s.g.axis("other"), third = s.g.axis("third"), feature = s.g.axis("feature");
  const auto loss = [&](term x, int inner, int pairs) {
    const term gram = contract(x, rename(x, s.batch, pairs), single(inner));
    return s.sum_batch(reduce(op::sum, gram * gram, single(pairs)));
  };
  const term z = s.student();
  const term f = s.input(kd::role::student, "f", {s.batch, feature});
  const term first = loss(z, s.classes, other);
  s.objective(first + loss(f, feature, third));
  differentiate(s.g);
  return schedule_program(simplify(s.g));
}
bool reads(const program& p, int stage, int node) {
  for (int b = 0; b < p.stage[stage].buffers; ++b) {
    const memory& m = p.buffer[p.stage[stage].buffer[b]];
    if (m.kind == memory::kept && m.number == node && !p.stage[stage].written[b]) return true;
  }
  return false;
}
}  // namespace

TEST_CASE("what a stage reads was written before") {
  const program p = two_grams();
  for (int k = 0; k < p.kept; ++k) {
    CHECK(p.lifetime[k].first < p.lifetime[k].last);
    CHECK_FALSE(reads(p, p.lifetime[k].first, p.lifetime[k].node));
  }
  bool written[max_scalars]{};
  for (int slot = 0; slot < p.g.slots; ++slot) written[slot] = true;
  for (int s = 0; s < p.stages; ++s) {
    for (int i = p.stage[s].code.begin; i < p.stage[s].code.end; ++i)
      if (p.code[i].what == action::scalar) CHECK(written[p.code[i].number]);
    for (int i = p.stage[s].code.begin; i < p.stage[s].code.end; ++i)
      if (p.code[i].what == action::total || p.code[i].what == action::store_scalar)
        written[p.code[i].number] = true;
  }
}

TEST_CASE("a stage runs right before the first that needs it: one Gram matrix is alive at a time") {
  const program p = two_grams();
  int grams = 0, gram[2]{};
  for (int k = 0; k < p.kept; ++k)
    if (const node& n = p.g[p.lifetime[k].node];
        n.code == op::contract && p.g[n.operand[0]].code == op::input) {
      REQUIRE(grams < 2);
      gram[grams++] = k;
    }
  REQUIRE(grams == 2);
  CHECK_FALSE(alive_together(p.lifetime[gram[0]], p.lifetime[gram[1]]));
}
