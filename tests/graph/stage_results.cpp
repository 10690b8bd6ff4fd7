// SPDX-License-Identifier: MIT
// What stages leave behind, in small objectives that random ones were reduced to: each result is
// written, once, when it is known.
#include "support/catch.hpp"
#include "support/small_objectives.hpp"

using namespace kd::test;

TEST_CASE("inputs with different axes have one value as their gradients") {
  small_graph s;
  const term z = s.student(), r = s.input(kd::role::learnable, "r", {s.classes});
  const auto stopped = [](term x) { return apply(op::stop_gradient, x); };
  CHECK(wrong(s, s.total(stopped(z) * stopped(r))).empty());
}

TEST_CASE("a gradient that is a scalar of the call leaves the order of stages alone") {
  small_graph s;
  const term z = s.student(), a = s.slot(), scale = s.input(kd::role::learnable, "scale", {});
  CHECK(wrong(s, scale * a + a * s.total(z)).empty());
}

TEST_CASE("a gradient that is a reduction along the row is written in the sweep after it") {
  small_graph s;
  const int other = s.g.axis("other");
  s.g.rename(s.batch, other);
  const term z = rename(s.student(), s.batch, other), y = s.labels();
  const term picked = pick(z, y, single(s.classes));
  CHECK(wrong(s, reduce(op::sum, picked, single(s.batch) | single(other))).empty());
}

TEST_CASE("a gradient that is a sum over all rows is written when they are done") {
  small_graph s;
  CHECK(wrong(s, s.total(s.student()) * s.total(s.teacher())).empty());
}

TEST_CASE("a sum without axes does not count as computed where each row computes it") {
  small_graph s;
  const term y = s.labels(), r = s.input(kd::role::learnable, "r", {s.classes});
  const term positions = position(s.g, single(s.batch));
  const term picked = s.sum_batch(pick(r, y, single(s.classes)));
  CHECK(wrong(s, picked + s.sum_batch(positions)).empty());
}

TEST_CASE("a named scalar that is a gradient as well is left as a scalar, too") {
  small_graph s;
  const term z = s.student(), scale = s.slot() / s.temperature();
  s.g.term[s.g.terms++] = {"scale", scale.index};
  CHECK(wrong(s, s.total(z * scale)).empty());
}

TEST_CASE("an input without axes is a result like any other") {
  small_graph s;
  const term scale = s.input(kd::role::learnable, "scale", {});
  s.g.term[s.g.terms++] = {"scale", scale.index};
  CHECK(wrong(s, s.total(s.student()) * scale).empty());
  small_graph alone;
  CHECK(wrong(alone, alone.input(kd::role::learnable, "scale", {})).empty());
}

TEST_CASE("at a tie the first operand of a maximum gets the gradient, whichever was made first") {
  for (const bool student_first : {true, false}) {
    small_graph s;
    const term t = s.teacher(), z = s.student();
    s.objective(s.total(student_first ? apply(op::maximum, z, t) : apply(op::maximum, t, z)));
    differentiate(s.g);
    const point at = small_numbers(s.g);  // the same for both
    const interpreter<bounded<double>> values(s.g, at);
    for (const auto& [name, gradient] : results_of(values))
      if (name == "gradient of student z")
        for (const bounded<double>& g : gradient) CHECK(g.v == (student_first ? 1 : 0));
  }
}

TEST_CASE("a sum over all rows that other stages compute again is left by none") {
  small_graph s;
  const term z = s.student(), scale = s.input(kd::role::learnable, "scale", {});
  const term log_p = s.log_softmax(z), ranks = scale * position(s.g, single(s.classes));
  CHECK(wrong(s, s.sum_batch(contract(ranks, log_p, single(s.classes))) +
                     s.sum_classes(s.sum_batch(log_p)))
            .empty());
}
