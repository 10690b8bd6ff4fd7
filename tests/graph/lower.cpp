// SPDX-License-Identifier: MIT
#include <kd/dsl.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::axes;
using namespace kd::test;

namespace {
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

template <class E>
lowering lowered(const E&) {
  return kd::detail::lower<E>();
}
}  // namespace

TEST_CASE("what is written twice is one node") {
  const auto l = lowered(kd::mean<batch, classes>(kd::square(zs - zt) + kd::square(zs - zt)));
  CHECK(count_of(l.g, op::subtract) == 1);
  CHECK(count_of(l.g, op::multiply) == 1);
  CHECK(l.g.inputs == 2);
}

TEST_CASE("inputs are told apart by model and name") {
  constexpr auto hidden = kd::student<"hidden", batch, classes>;
  const auto l = lowered(zs + zt + hidden + zs);
  CHECK(l.g.inputs == 3);
  CHECK(l.g.input[0].model == "student");
  CHECK(l.g.input[1].model == "teacher");
  CHECK(l.g.input[2].name == "hidden");
}

TEST_CASE("an input with other axes is noticed") {
  constexpr auto other_axes = kd::student<"logits", batch, feature>;
  CHECK(lowered(zs).found == mistake::none);
  CHECK(lowered(zs + other_axes).found == mistake::input_with_other_axes);
}

TEST_CASE("numbers are slots of their own, parameters one per scope") {
  CHECK(lowered(2.0 * zs + 2.0 * zt).g.slots == 2);
  const auto t = kd::parameter<"t">(2);
  CHECK(lowered(t * zs + t * zt).g.slots == 1);
  CHECK(lowered(kd::named<"a">(t * zs) + kd::named<"b">(t * zs)).g.slots == 2);
  CHECK(lowered(kd::named<"a">(t * zs + kd::named<"b">(t * zs) + t * zt)).g.slots == 2);
}

TEST_CASE("scalars are visited in the order in which they were lowered") {
  const auto e = kd::parameter<"a">(1) * zs + 2.0 * (zt + kd::parameter<"a">(1)) * 3.0;
  const auto l = lowered(e);
  std::vector<double> values;
  auto visit = [&](const kd::schedule& s) { values.push_back(s(0)); };
  e.scalars(visit);
  REQUIRE(l.occurrences == 4);
  CHECK(values == std::vector<double>{1, 2, 1, 3});
  CHECK(l.slot_of_scalar(0) == l.slot_of_scalar(2));
  CHECK(l.slot_of_scalar(1) != l.slot_of_scalar(3));
}

TEST_CASE("scalar parts with names are terms") {
  const auto l = lowered(kd::named<"whole">(kd::mean<batch, classes>(kd::named<"inner">(zs))));
  REQUIRE(l.g.terms == 1);  // the inner one is not a scalar
  CHECK(l.g.term[0].name == "whole");
}
