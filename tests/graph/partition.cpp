// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/small_objectives.hpp"

using namespace kd::test;

namespace {
int kinds(const partitioned& p, stage_kind kind) {
  int n = 0;
  for (int i = 0; i < p.size; ++i) n += p.stages[i].kind == kind;
  return n;
}
}  // namespace

TEST_CASE("a sum over everything is split and joins its row kernel") {
  small_graph s;
  const term d = s.student() - s.teacher();
  const graph g = split_reductions([&] {
    s.objective(reduce(op::sum, d * d, single(s.batch) | single(s.classes)));
    return s.g;
  }());
  CHECK(count_of(g, op::sum) == 2);
  const partitioned p = stages_of(s, reduce(op::sum, d * d, single(s.batch) | single(s.classes)));
  CHECK(p.complete);
  CHECK(kinds(p, stage_kind::map_reduce) == 1);  // value and gradient in one sweep
  CHECK(p.size == 1);
}

TEST_CASE("two log-softmaxes of the same space are one row kernel") {
  small_graph s;
  const term z = s.log_softmax(s.student()), t = s.log_softmax(s.teacher());
  const partitioned p = stages_of(s, s.total(exp(t) * (t - z)));
  CHECK(p.complete);
  CHECK(kinds(p, stage_kind::row_kernel) == 1);
}

TEST_CASE("a total that rows depend on comes first, from as few axes as it needs") {
  small_graph s;
  const term y = s.labels(), ignored = s.slot();
  const term counted = apply(op::is_label, y, ignored);
  const term rows = pick(s.log_softmax(s.student()), y, single(s.classes)) * counted;
  const partitioned p = stages_of(s, -(s.sum_batch(rows) / s.sum_batch(counted)));
  CHECK(p.complete);
  REQUIRE(p.size >= 2);
  CHECK(p.stages[0].inner == single(s.batch));
  CHECK(kinds(p, stage_kind::row_kernel) == 1);
}

TEST_CASE("rows run along the batch when the batch is what is reduced") {
  small_graph s;
  const term z = s.student();
  const term centred = z - s.sum_batch(z) / extent(s.g, single(s.batch));
  const partitioned p = stages_of(s, s.total(exp(centred)));
  CHECK(p.complete);
  CHECK(p.stages[0].kind == stage_kind::row_kernel);  // mean, exponentials and gradient of a column
  CHECK(p.stages[0].inner == single(s.batch));
  CHECK(p.stages[0].outer == single(s.classes));
}

TEST_CASE("contractions are stages of their own and read memory") {
  small_graph s;
  const int other = s.g.axis("other");
  const term z = s.student();
  const term gram = contract(exp(z), rename(exp(z), s.batch, other), single(s.classes));
  const partitioned p = stages_of(s, reduce(op::sum, gram * gram, single(s.batch) | single(other)));
  CHECK(p.complete);
  CHECK(kinds(p, stage_kind::contract) == 3);
  for (int i = 0; i < p.g.size; ++i)
    if (p.g[i].code == op::exp && p.g[i].axes == (single(s.batch) | single(s.classes)))
      CHECK(p.stored[i]);
}

TEST_CASE("a pick along the row is computed by a stage of its own") {
  small_graph s;
  const partitioned p = stages_of(s, s.sum_batch(pick(s.student(), s.labels(), single(s.classes))));
  CHECK(p.complete);
}
