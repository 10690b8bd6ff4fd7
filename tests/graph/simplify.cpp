// SPDX-License-Identifier: MIT
#include <kd/graph/simplify.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {
/// The objective's node after simplification of total(f(z)) without the total: the operand of the sums.
template <class F>
graph simplified(F f) {
  small_graph s;
  s.objective(f(s));
  return simplify(s.g);
}
}  // namespace

TEST_CASE("constants fold") {
  const graph g = simplified([](small_graph& s) {
    return (2.0 + constant(s.g, 3)) * constant(s.g, 4) / constant(s.g, 5);
  });
  CHECK(g[g.value].code == op::constant);
  CHECK(g[g.value].value == 4);
  CHECK(g.size == 1);
}

TEST_CASE("neutral elements disappear") {
  const graph g = simplified([](small_graph& s) {
    return s.total((1.0 * s.student() + constant(s.g, 0)) / constant(s.g, 1));
  });
  CHECK(count_of(g, op::multiply) + count_of(g, op::add) + count_of(g, op::divide) == 0);
  const graph zero =
      simplified([](small_graph& s) { return s.total(s.student() * constant(s.g, 0)); });
  CHECK(zero[zero.value].code == op::constant);
  CHECK(zero[zero.value].value == 0);
}

TEST_CASE("signs move outwards") {
  const graph g = simplified([](small_graph& s) { return s.total(s.teacher() + -s.student()); });
  CHECK(count_of(g, op::negate) == 0);
  CHECK(count_of(g, op::subtract) == 1);
  const graph twice = simplified([](small_graph& s) { return s.total(-(-s.student())); });
  CHECK(count_of(twice, op::negate) == 0);
}

TEST_CASE("division by a scalar of fewer axes becomes multiplication by its reciprocal") {
  const graph g = simplified([](small_graph& s) { return s.total(s.student() / s.slot()); });
  for (int i = 0; i < g.size; ++i)
    if (g[i].code == op::divide) CHECK(g[i].axes == 0);
}

TEST_CASE("factors of fewer axes are collected") {
  const graph g = simplified(
      [](small_graph& s) { return s.total(s.slot() * (s.slot() * (s.student() * s.teacher()))); });
  int wide = 0;
  for (int i = 0; i < g.size; ++i) wide += g[i].code == op::multiply && g[i].axes != 0;
  CHECK(wide == 1);  // z * t; the scalars leave the sums
}

TEST_CASE("a factor without the summed axes leaves the sum") {
  const graph g =
      simplified([](small_graph& s) { return s.sum_batch(s.sum_classes(s.slot() * s.student())); });
  CHECK(g[g.value].code == op::multiply);
  CHECK(g[g.value].axes == 0);
}

TEST_CASE("a sum along an axis that the operand lacks is a product with the extent") {
  small_graph s;
  const term row = s.sum_classes(s.student());
  node n;
  n.code = op::sum, n.axes = 0, n.over = single(s.batch) | single(s.classes),
  n.operand[0] = static_cast<std::int16_t>(row.index);
  s.objective(make(s.g, n));
  const graph g = simplify(s.g);
  CHECK(count_of(g, op::extent) == 1);
}

TEST_CASE("a softmax sums to one, and so does a one-hot row") {
  const graph g = simplified(
      [](small_graph& s) { return s.sum_batch(s.sum_classes(exp(s.log_softmax(s.student())))); });
  CHECK(count_of(g, op::exp) == 0);
  CHECK(g[g.value].code == op::extent);
  const graph h = simplified([](small_graph& s) {
    return s.sum_batch(s.sum_classes(one_hot(s.labels(), single(s.classes))));
  });
  CHECK(count_of(h, op::one_hot) == 0);
}

TEST_CASE("pick moves to the leaves") {
  const graph g = simplified([](small_graph& s) {
    return s.sum_batch(pick(s.log_softmax(s.student()), s.labels(), single(s.classes)));
  });
  for (int i = 0; i < g.size; ++i)
    if (g[i].code == op::pick) CHECK(g[g[i].operand[0]].code == op::input);
  CHECK(count_of(g, op::pick) == 1);
}

TEST_CASE("rename moves to the leaves and undoes itself") {
  const graph g = simplified([](small_graph& s) {
    const int other = s.g.axis("other");
    return s.total(rename(exp(rename(s.student(), s.batch, other)), other, s.batch));
  });
  CHECK(count_of(g, op::rename) == 0);
}

TEST_CASE("what nothing needs is dropped") {
  const graph g = simplified([](small_graph& s) {
    exp(s.student("unused"));
    return s.total(s.teacher());
  });
  CHECK(count_of(g, op::exp) == 0);
  CHECK(count_of(g, op::input) == 1);
}

TEST_CASE("the gap between two softmaxes sums to 0, between others it does not") {
  const graph zero = simplified([](small_graph& s) {
    return s.sum_batch(s.sum_classes(gap(s.log_softmax(s.teacher()), s.log_softmax(s.student()))));
  });
  CHECK(zero[zero.value].code == op::constant);
  const graph other = simplified([](small_graph& s) {
    return s.sum_batch(s.sum_classes(gap(s.log_softmax(s.teacher()), s.student())));
  });
  CHECK(count_of(other, op::gap) == 1);
}

TEST_CASE("what only gradients see is gone") {
  const graph g = simplified([](small_graph& s) {
    return s.total(apply(op::stop_gradient, s.student()) +
                   apply(op::reverse_gradient, s.student("x")));
  });
  CHECK(count_of(g, op::stop_gradient) + count_of(g, op::reverse_gradient) == 0);
}
