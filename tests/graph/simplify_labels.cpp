// SPDX-License-Identifier: MIT
#include <kd/graph/cost.hpp>
#include <kd/graph/differentiate.hpp>
#include <kd/graph/schedule_program.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {

/// A graph with a handful of labels (batch, top), and numbers beside them.
struct handful : small_graph {
  int top = g.axis("top"), feature = g.axis("feature");
  term ids = input(kd::role::labels, "ids", {batch, top});
  term w = input(kd::role::student, "w", {batch, top});
  axis_set of_top = single(top), of_classes = single(classes);

  constexpr graph simplified(term x) {
    objective(sum_everything(x));
    return simplify(g);
  }
  static constexpr term sum_everything(term x) { return reduce(op::sum, x, x.axes()); }
};
program compiled(handful& s, term objective) {
  s.objective(objective);
  differentiate(s.g);
  return schedule_program(simplify(s.g));
}
/// Whether a value of the program has all these axes.
bool has_space(const program& p, axis_set axes) {
  for (int i = 0; i < p.g.size; ++i)
    if (contains(p.g[i].axes, axes)) return true;
  return false;
}

}  // namespace

TEST_CASE("simplify: a sum of one_hot over axes of its labels is a scatter") {
  handful s;
  const term z = s.student(), hot = one_hot(s.ids, s.of_classes);
  const graph g = s.simplified(z * z * reduce(op::sum, hot * s.w, s.of_top));
  CHECK(count_of(g, op::scatter) == 1);
  CHECK(count_of(g, op::one_hot) == 0);
  handful other;
  const term taken = reduce(op::sum, one_hot(other.ids, other.of_classes), other.of_top);
  CHECK(count_of(other.simplified(other.student() * taken), op::scatter) == 1);
}
TEST_CASE("simplify: every class of a scatter is every label") {
  handful s;
  const term added = scatter(s.w, s.ids, s.of_classes, s.of_top);
  const graph g = s.simplified(reduce(op::sum, added, s.of_classes));
  CHECK(count_of(g, op::scatter) == 0);
  CHECK(count_of(g, op::sum) >= 1);
  handful none;
  const term hot = scatter(none.w, none.ids, none.of_classes, 0);  // nothing is added
  CHECK(count_of(none.simplified(hot * hot), op::scatter) == 0);
}
TEST_CASE("simplify: a scatter of rows keeps the factors of a product apart") {
  handful s;
  const term f = s.input(kd::role::student, "f", {s.batch, s.feature});
  const term rows = scatter(s.w * f, s.ids, s.of_classes, s.of_top | single(s.batch));
  const graph g = s.simplified(rows * rows);
  CHECK_FALSE(has_space(program{g}, single(s.batch) | single(s.top) | single(s.feature)));
}
TEST_CASE("a handful of labels: neither value nor gradient has the labels' axes and the classes") {
  handful s;
  const term kept = pick(s.log_softmax(s.student()), s.ids, s.of_classes);
  const program p = compiled(s, s.sum_batch(reduce(op::sum, kept * s.w, s.of_top)));
  CHECK(count_of(p.g, op::scatter) == 1);
  CHECK_FALSE(has_space(p, s.of_top | s.of_classes));
  const axis_set all = single(s.batch) | s.of_classes;
  cost c;
  for (int stage = 0; stage < p.stages; ++stage) c.add(cost_of(p, p.stage[stage]));
  CHECK(c.bytes.per[all] == 4 + 4 + 4);  // the logits twice, their gradient
}
TEST_CASE("a handful of labels: rows that are picked and summed are read where they lie") {
  handful s;
  const term f = s.input(kd::role::student, "f", {s.batch, s.feature});
  const term bank = s.input(kd::role::student, "bank", {s.classes, s.feature});
  const term rows = pick(bank, s.ids, s.of_classes);
  const term dots = reduce(op::sum, rows * f, single(s.feature));
  const program p = compiled(s, s.sum_batch(reduce(op::sum, dots * dots * s.w, s.of_top)));
  CHECK(p.kept > 0);
  for (int k = 0; k < p.kept; ++k)
    CHECK_FALSE(contains(p.g[p.lifetime[k].node].axes, s.of_top | single(s.feature)));
}
TEST_CASE("one label per row: the gradient stays a comparison in the kernel") {
  small_graph s;
  s.objective(s.sum_batch(pick(s.log_softmax(s.student()), s.labels(), single(s.classes))));
  differentiate(s.g);
  CHECK(count_of(s.g, op::scatter) == 0);
  CHECK(count_of(s.g, op::one_hot) == 1);
}
