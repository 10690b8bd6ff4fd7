// SPDX-License-Identifier: MIT
#include <kd/graph/graph_text.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

TEST_CASE("a graph is printed a node a line, every operation as it is written") {
  small_graph s;
  const term z = s.student(), y = s.labels(), T = s.slot(), ignored = s.number(-100);
  const term scaled = z / T, picked = pick(scaled, y, single(s.classes), ignored);
  s.objective(-s.sum_batch(where(apply(op::greater, z, T), picked, ignored)));
  rename(z, s.batch, s.g.axis("other"));
  extent(s.g, single(s.batch) | single(s.classes));
  CHECK(graph_text(s.g).lines() == R"(%0 = student z
%1 = labels y
%2 = number
%3 = -100
%4 = %0 / %2
%5 = pick<classes> %4 %1 %3
%6 = %0 > %2
%7 = where %6 %5 %3
%8 = sum<batch> %7
%9 = -%8
%10 = rename<batch, other> %0
%11 = extent of batch, classes
)");
  CHECK(graph_text(s.g).results(9) == "objective");
  CHECK(graph_text(s.g).results(8).empty());
}
