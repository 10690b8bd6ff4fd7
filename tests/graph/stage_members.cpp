// SPDX-License-Identifier: MIT
// What joins a stage: nothing that is dear and the same for many rows, and no more than a stage
// holds.
#include <string>

#include "support/catch.hpp"
#include "support/small_objectives.hpp"

using namespace kd::test;

namespace {
int stored(const partitioned& p, op code) {
  int count = 0;
  for (int i = 0; i < p.g.size; ++i) count += p.stored[i] && p.g[i].code == code;
  return count;
}
}  // namespace

TEST_CASE("what is dear and the same for many rows is computed once") {
  small_graph s;
  const term prior = s.input(kd::role::teacher, "prior", {s.classes});
  const term weight = s.input(kd::role::teacher, "weight", {s.batch});
  SECTION("where it runs along the row") {
    CHECK(stored(stages_of(s, s.total(s.student() * apply(op::tanh, prior))), op::tanh) == 1);
  }
  SECTION("the last of what is computed of it") {
    const term last = apply(op::abs, apply(op::tanh, prior)) * prior;
    const partitioned p = stages_of(s, s.total(s.student() * last));
    CHECK(stored(p, op::tanh) == 0);
    CHECK(stored(p, op::multiply) == 1);
  }
  SECTION("not where it is one number of a row") {
    CHECK(stored(stages_of(s, s.total(s.student() * apply(op::tanh, weight))), op::tanh) == 0);
  }
  SECTION("not where it is cheap") {
    CHECK(stored(stages_of(s, s.total(s.student() * apply(op::abs, prior))), op::abs) == 0);
  }
  SECTION("and the values are the same") {
    const term mixed = s.student() * apply(op::tanh, prior) * exp(weight) + apply(op::erf, prior);
    CHECK(wrong(s, s.total(mixed * s.student("w"))).empty());
  }
}

TEST_CASE("more tensors than a stage touches are read by several stages") {
  small_graph s;
  std::string names[80];
  term sum = s.student("z"), product = sum;
  for (int k = 0; k < 80; ++k) {
    const term x = k % 8 == 0 ? s.student(names[k] = "z" + std::to_string(k))
                              : s.teacher(names[k] = "t" + std::to_string(k));
    sum = sum + x * x, product = product + x;
  }
  CHECK(wrong(s, s.total(apply(op::tanh, sum) * product)).empty());
}

TEST_CASE("more sweeps than a stage makes are made by several stages") {
  small_graph s;
  term x = s.student();
  for (int k = 0; k < 20; ++k) x = apply(op::tanh, x - s.sum_classes(x) * s.number(0.25));
  CHECK(wrong(s, s.total(x * s.teacher())).empty());
}

TEST_CASE("more totals than a stage holds are summed by several stages") {
  small_graph s;
  const term z = s.student();
  const term sum = s.sum_of(70, [&](int k) {
    const term total = s.total(s.tanh_of(z, k));
    return total * total;
  });
  CHECK(wrong(s, sum).empty());
}

TEST_CASE("terms of the same tensors are summed in as few stages as they fit into") {
  for (const int terms : {60, 64, 100, 180}) {
    small_graph s;
    const term z = s.student();
    const term sum = s.sum_of(terms, [&](int k) { return s.total(s.tanh_of(z, k)); });
    CAPTURE(terms);
    CHECK(stages_of(s, sum).size <= (terms + max_totals - 1) / max_totals + 1);  // one of scalars
  }
}

TEST_CASE("sums of sums over rows are made in few stages") {
  small_graph s;
  const term z = s.student();
  const term sum = s.sum_of(100, [&](int k) {
    const term row = s.sum_classes(s.tanh_of(z, k));
    return s.sum_classes(apply(op::tanh, s.sum_batch(apply(op::tanh, z + row))));
  });
  CHECK(stages_of(s, sum).size <= 30);
}

TEST_CASE("a value of two tensors counts both") {
  for (const int pairs : {20, 33, 45}) {
    small_graph s;
    std::string z[45], t[45];
    const term sum = s.sum_of(pairs, [&](int k) {
      const term x = s.student(z[k] = "z" + std::to_string(k));
      return s.total(apply(op::tanh, x - s.teacher(t[k] = "t" + std::to_string(k))));
    });
    CAPTURE(pairs);
    CHECK(wrong(s, sum) == "");
  }
}
