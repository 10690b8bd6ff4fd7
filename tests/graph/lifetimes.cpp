// SPDX-License-Identifier: MIT
#include <kd/graph/differentiate.hpp>
#include <kd/graph/schedule_program.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

TEST_CASE("a tensor lives from the stage that writes it to the last that reads it") {
  small_graph s;
  const int other = s.g.axis("other");
  const term z = s.student(), gram = contract(z, rename(z, s.batch, other), single(s.classes));
  s.objective(s.sum_batch(reduce(op::sum, gram * gram, single(other))));
  differentiate(s.g);
  const program p = schedule_program(simplify(s.g));
  // stages: gram; its squares and their gradient; two products for z; their sum
  REQUIRE(p.stages >= 5);
  int first_contraction = -1;
  for (int k = 0; k < p.kept; ++k) {
    const lifetime_of_tensor& l = p.lifetime[k];
    int writers = 0, last = -1;
    for (int stage = 0; stage < p.stages; ++stage)
      for (int b = 0; b < p.stage[stage].buffers; ++b) {
        const memory& m = p.buffer[p.stage[stage].buffer[b]];
        if (m.kind != memory::kept || m.number != k) continue;
        writers += p.stage[stage].written[b];
        if (p.stage[stage].written[b]) CHECK(stage == l.first);
        last = stage;
      }
    CHECK(writers == 1);
    CHECK(last == l.last);
    if (first_contraction < 0 && p.g[l.node].code == op::contract) first_contraction = k;
  }
  REQUIRE(first_contraction >= 0);
  CHECK(p.lifetime[first_contraction].first == 0);
  CHECK(p.lifetime[first_contraction].last < p.stages - 1);  // dead before the gradient is written
}

TEST_CASE(
    "tensors are alive together if one is written before the other was read for the last time") {
  CHECK(alive_together({0, 1, 3}, {1, 2, 5}));
  CHECK(alive_together({0, 1, 3}, {1, 3, 5}));  // in the stage that reads one and writes the other
  CHECK(alive_together({1, 3, 5}, {0, 1, 3}));
  CHECK_FALSE(alive_together({0, 1, 3}, {1, 4, 5}));
  CHECK_FALSE(alive_together({1, 4, 5}, {0, 1, 3}));
}
