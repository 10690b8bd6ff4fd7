// SPDX-License-Identifier: MIT
#include <kd/graph/differentiate.hpp>
#include <kd/graph/simplify.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {
graph gradient_of(small_graph& s, term objective) {
  s.objective(objective);
  differentiate(s.g);
  return simplify(s.g);
}
}  // namespace

TEST_CASE("only students and learnable tensors have gradients") {
  small_graph s;
  const term z = s.student(), t = s.teacher(), w = s.input(kd::role::learnable, "w", {s.classes});
  const graph g = gradient_of(s, s.total(z * t * w));
  CHECK(g.gradient[0] >= 0);
  CHECK(g.gradient[1] == -1);
  CHECK(g.gradient[2] >= 0);
}

TEST_CASE("the gradient of a sum is one, along whatever axes") {
  small_graph s;
  const graph g = gradient_of(s, s.total(s.student()));
  CHECK(g[g.gradient[0]].code == op::constant);
  CHECK(g[g.gradient[0]].value == 1);
}

TEST_CASE("a broadcast operand sums over the axes it lacks") {
  small_graph s;
  const term z = s.student(), w = s.input(kd::role::learnable, "w", {s.classes});
  const graph g = gradient_of(s, s.total(z * w));
  CHECK(g[g.gradient[1]].axes == single(s.classes));
  CHECK(g[g.gradient[1]].code == op::sum);
  CHECK(g[g.gradient[1]].over == single(s.batch));
}

TEST_CASE("a constant adjoint counts the positions it was broadcast to") {
  small_graph s;
  const term z = s.student(), w = s.input(kd::role::learnable, "w", {s.classes});
  const graph g = gradient_of(s, s.total(z + w));  // d/dw = the number of rows
  CHECK(g[g.gradient[1]].code == op::extent);
  CHECK(g[g.gradient[1]].over == single(s.batch));
}

TEST_CASE("the gradient of cross-entropy is the softmax minus the one-hot row") {
  small_graph s;
  const term z = s.student(), y = s.labels();
  const graph g = gradient_of(s, s.sum_batch(-pick(s.log_softmax(z), y, single(s.classes))));
  const node& n = g[g.gradient[0]];
  CHECK(n.code == op::subtract);
  CHECK(g[n.operand[0]].code == op::exp);
  CHECK(g[n.operand[1]].code == op::one_hot);
}

TEST_CASE("an input that the objective ignores has gradient zero") {
  small_graph s;
  const term z = s.student(), t = s.teacher();
  const graph g = gradient_of(s, s.total(apply(op::greater, z, t)));
  CHECK(g[g.gradient[0]].code == op::constant);
  CHECK(g[g.gradient[0]].value == 0);
}
