// SPDX-License-Identifier: MIT
#include <kd/graph/differentiate.hpp>
#include <kd/graph/schedule_program.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {
program program_of(small_graph& s, term objective) {
  s.objective(objective);
  differentiate(s.g);
  return schedule_program(simplify(s.g));
}
int count_of(const program& p, section s, action what) {
  int n = 0;
  for (int i = s.begin; i < s.end; ++i) n += p.code[i].what == what;
  return n;
}
}  // namespace

TEST_CASE("a cross-entropy is three sweeps, one exponential, one store") {
  small_graph s;
  const term z = s.student(), y = s.labels();
  const program p = program_of(s, -s.sum_batch(pick(s.log_softmax(z), y, single(s.classes))));
  REQUIRE(p.stages == 2);
  const stage_program& k = p.stage[0];
  CHECK(k.kind == stage_kind::row_kernel);
  CHECK(k.phases == 3);
  CHECK(k.kept_rows == 1);
  CHECK(count_of(p, k.body[1], action::keep) == 1);
  CHECK(count_of(p, k.body[2], action::reload) == 1);
  CHECK(count_of(p, k.body[2], action::store) == 1);
  CHECK(count_of(p, k.body[0], action::store) + count_of(p, k.body[1], action::store) == 0);
  CHECK(k.totals == 1);
}

TEST_CASE("a value is computed before it is read, and registers are not reused") {
  small_graph s;
  const term z = s.log_softmax(s.student()), t = s.log_softmax(s.teacher());
  const program p = program_of(s, s.total(exp(t) * (t - z)));
  for (int stage = 0; stage < p.stages; ++stage) {
    if (p.stage[stage].kind == stage_kind::contract) continue;
    const int begin = p.stage[stage].uniform.begin;
    const int end = stage + 1 < p.stages ? p.stage[stage + 1].uniform.begin : p.instructions;
    bool written[4 * max_nodes]{};
    for (int i = begin; i < end; ++i) {
      const instruction& c = p.code[i];
      if (c.what == action::compute || c.what == action::fold || c.what == action::store)
        for (int r : {int{c.a}, int{c.b}, int{c.c}})
          if (r >= 0) CHECK(written[r]);
      if (c.to < 0) continue;
      CHECK(!written[c.to]);
      written[c.to] = true;
    }
  }
}

TEST_CASE("cheap values are computed again, costly ones kept") {
  small_graph s;
  const term z = s.student(), shifted = z - s.teacher();
  const program cheap = program_of(s, s.total(shifted * s.sum_classes(shifted)));
  CHECK(cheap.stage[0].kept_rows == 0);
  small_graph c;
  const term e = exp(c.student());
  CHECK(program_of(c, c.total(e * c.sum_classes(e))).stage[0].kept_rows == 1);
}

TEST_CASE("scalars are stored where there is room for them") {
  small_graph
      s;  // the gradient of an input without axes is computed among scalars and read by none
  const term scale = s.input(kd::role::learnable, "scale", {});
  const program p = program_of(s, scale * scale);
  int stores = 0;
  for (int i = 0; i < p.instructions; ++i)
    if (p.code[i].what == action::store_scalar || p.code[i].what == action::total) {
      ++stores;
      CHECK(p.code[i].number >= 0);
    }
  CHECK(stores == 1);
}
