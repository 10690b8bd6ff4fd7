// SPDX-License-Identifier: MIT
#include <kd/graph/cost.hpp>
#include <kd/graph/differentiate.hpp>
#include <kd/graph/schedule_program.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {
cost total_cost(small_graph& s, term objective) {
  s.objective(objective);
  differentiate(s.g);
  const program p = schedule_program(simplify(s.g));
  cost all;
  for (int stage = 0; stage < p.stages; ++stage) all.add(cost_of(p, p.stage[stage]));
  return all;
}
using per = std::map<axis_set, std::int64_t>;
}  // namespace

TEST_CASE("a tally multiplies by extents and adds up") {
  tally t;
  t.add(0b11, 8), t.add(0b01, 4), t.add(0b11, 1), t.add(0, 5), t.add(0b10, 0);
  CHECK(t.per == per{{0, 5}, {0b01, 4}, {0b11, 9}});
  std::int64_t extent[max_axes]{};
  extent[0] = 10, extent[1] = 100;
  CHECK(t.total(extent) == 9 * 1000 + 4 * 10 + 5);
}

TEST_CASE("a map-reduce: every tensor once, one sweep, an operation for each and for the sum") {
  small_graph s;
  const term z = s.student(), t = s.teacher();
  const axis_set all = single(s.batch) | single(s.classes), rows = single(s.batch);
  const cost c = total_cost(s, s.total(z * t));
  CHECK(c.sweeps == 1);
  CHECK(c.bytes.per == per{{all, 4 + 4 + 4}});  // z, t, the gradient of z
  CHECK(c.operations.per == per{{rows, 1}, {all, 2}});
  CHECK(c.exponentials.per.empty());
}

TEST_CASE("what later sweeps find in cache costs no memory, and picks from it neither") {
  small_graph s;
  const term z = s.student(), y = s.labels();
  const axis_set all = single(s.batch) | single(s.classes), rows = single(s.batch);
  const cost c = total_cost(s, -s.sum_batch(pick(s.log_softmax(z), y, single(s.classes))));
  CHECK(c.sweeps == 3);
  CHECK(c.bytes.per == per{{rows, 4}, {all, 8}});         // labels; logits and their gradient
  CHECK(c.exponentials.per == per{{rows, 1}, {all, 1}});  // log and exp
}

TEST_CASE("a pick alone costs an element per row") {
  small_graph s;
  const term t = s.teacher(), y = s.labels();
  const cost c = total_cost(s, s.sum_batch(pick(t, y, single(s.classes))));
  CHECK(c.bytes.per == per{{single(s.batch), 4 + 4}});
}

TEST_CASE("what rows share costs its own size") {
  small_graph s;
  const term z = s.student(), w = s.input(kd::role::teacher, "w", {s.classes});
  const axis_set all = single(s.batch) | single(s.classes);
  const cost c = total_cost(s, s.total(z * w));
  CHECK(c.bytes.per == per{{single(s.classes), 4}, {all, 8}});
}

TEST_CASE("a contraction: a product and an addition per position; a tensor under two names once") {
  small_graph s;
  const int other = s.g.axis("other");
  const term z = s.teacher(), gram = contract(z, rename(z, s.batch, other), single(s.classes));
  const axis_set pairs = single(s.batch) | single(other);
  const cost c = total_cost(s, s.sum_batch(reduce(op::sum, gram, single(other))));
  CHECK(c.operations.per.at(pairs | single(s.classes)) == 2);
  CHECK(c.bytes.per.at(single(s.batch) | single(s.classes)) == 4);
  CHECK(c.bytes.per.count(single(other) | single(s.classes)) == 0);
  CHECK(c.bytes.per.at(pairs) == 4 + 4);  // written, and read by the stage that sums
}

TEST_CASE(
    "functions count as exponentials, the terms of a divergence as what their polynomials take") {
  CHECK(effort_of(op::exp).exponentials == 1);
  CHECK(effort_of(op::exp).operations == 0);
  CHECK(effort_of(op::add).operations == 1);
  CHECK(effort_of(op::add).exponentials == 0);
  CHECK(effort_of(op::softplus).exponentials == 2);  // log1p of an exp
  CHECK(effort_of(op::divergence_of).operations > 10);
}
