// SPDX-License-Identifier: MIT
#include <string>

#include <kd/graph/differentiate.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

TEST_CASE("equal nodes are one node") {
  small_graph s;
  const term z = s.student(), t = s.teacher();
  CHECK((z + t).index == (z + t).index);
  CHECK((z + t).index == (t + z).index);  // commutes
  CHECK((z - t).index != (t - z).index);
  CHECK(constant(s.g, 2).index == constant(s.g, 2).index);
  CHECK(constant(s.g, 2).index != constant(s.g, 3).index);
  CHECK(constant(s.g, 0).index == constant(s.g, -0.0).index);
}

TEST_CASE("a full graph counts what is beyond its room") {
  small_graph s;
  std::string names[max_axes + 3];
  for (int k = s.g.axes; k < max_axes + 3; ++k) s.g.axis(names[k] = "axis" + std::to_string(k));
  CHECK(s.g.full);
  CHECK(s.g.exceeded == limit::axes);
  CHECK(s.g.beyond == 3);
}

TEST_CASE("a derivative that does not fit is counted to its end") {
  const auto differentiated = [](int terms) {
    small_graph s;
    const term z = s.student();
    s.objective(s.sum_of(terms, [&](int k) { return s.total(s.tanh_of(z, k)); }));
    differentiate(s.g);
    return s.g;
  };
  const int of_100 = differentiated(100).size, of_200 = differentiated(200).size;
  const graph of_400 = differentiated(400);
  CHECK(of_400.exceeded == limit::operations);
  CHECK(of_400.size + of_400.beyond == 3 * of_200 - 2 * of_100);
}

TEST_CASE("operands precede their users") {
  small_graph s;
  s.objective(s.total(s.log_softmax(s.student())));
  for (int i = 0; i < s.g.size; ++i)
    for (int operand : s.g[i].operand) CHECK(operand < i);
}

TEST_CASE("axes follow the shape rules") {
  small_graph s;
  const term z = s.student(), y = s.labels();
  const axis_set batch = single(s.batch), classes = single(s.classes);
  CHECK((z + y).axes() == (batch | classes));
  CHECK(s.sum_classes(z).axes() == batch);
  CHECK(pick(z, y, classes).axes() == batch);
  CHECK(one_hot(y, classes).axes() == (batch | classes));
  CHECK(rename(z, s.batch, s.g.axis("other")).axes() == (classes | single(s.g.axis("other"))));
  CHECK(extent(s.g, batch).axes() == 0);
}

TEST_CASE("a contraction sums what only one side has on that side") {
  small_graph s;
  const term z = s.student(), y = s.input(kd::role::given, "w", {s.batch});
  const term c = contract(z, y, single(s.batch) | single(s.classes));
  CHECK(c.axes() == 0);
  CHECK(c.get().code == op::contract);
  CHECK(c.get().over == single(s.batch));
  CHECK(count_of(s.g, op::sum) == 1);
}
