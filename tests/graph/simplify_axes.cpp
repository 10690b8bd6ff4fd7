// SPDX-License-Identifier: MIT
// What simplification does where operands have other axes, with sums, and with what nothing needs.
#include "support/simplified.hpp"

using namespace kd::test;

// ---- factors of fewer axes ----------------------------------------------------------------------

TEST_CASE("division by a scalar of fewer axes is multiplication by its reciprocal") {
  becomes({z, "%1 = number", "%2 = %0 / %1"},
          {z, "%1 = number", "%2 = 1", "%3 = %2 / %1", "%4 = %0 * %3"}, [](small_graph& s) {
            const term x = s.student();
            return x / s.slot();
          });
  becomes({z, "%1 = sum<classes> %0", "%2 = %0 / %1"},  // per row
          {z, "%1 = sum<classes> %0", "%2 = 1", "%3 = %2 / %1", "%4 = %0 * %3"},
          [](small_graph& s) {
            const term x = s.student();
            return x / s.sum_classes(x);
          });
}
TEST_CASE("division by what has as many axes stays") {
  stays({z, "%1 = teacher t", "%2 = %0 / %1"}, [](small_graph& s) {
    const term x = s.student();
    return x / s.teacher();
  });
}
TEST_CASE("factors of fewer axes are collected, so that one multiplication is left per element") {
  becomes({z, "%1 = number", "%2 = %0 * %1", "%3 = number", "%4 = %2 * %3"},
          {z, "%1 = number", "%2 = number", "%3 = %1 * %2", "%4 = %0 * %3"}, [](small_graph& s) {
            const term x = s.student(), scaled = x * s.slot();
            return scaled * s.slot();
          });
}
TEST_CASE("factors of fewer axes are collected on either side") {
  becomes({"%0 = number", "%1 = number", "%2 = student z", "%3 = %1 * %2", "%4 = %0 * %3"},
          {"%0 = number", "%1 = number", "%2 = student z", "%3 = %0 * %1", "%4 = %2 * %3"},
          [](small_graph& s) {
            const term first = s.slot(), second = s.slot();
            return first * (second * s.student());
          });
}
TEST_CASE("the scalars of a chain of quotients and products meet in one factor") {
  becomes({z, "%1 = 2", "%2 = %0 * %1", "%3 = 8", "%4 = %2 / %3"}, {z, "%1 = 0.25", "%2 = %0 * %1"},
          [](small_graph& s) {
            const term x = s.student(), twice = x * s.number(2);
            return twice / s.number(8);
          });
}

// ---- reductions ---------------------------------------------------------------------------------

TEST_CASE("a factor without the summed axes leaves the sum") {
  becomes({z, "%1 = number", "%2 = %0 * %1", "%3 = sum<classes> %2"},
          {z, "%1 = number", "%2 = sum<classes> %0", "%3 = %1 * %2"}, [](small_graph& s) {
            const term x = s.student();
            return s.sum_classes(x * s.slot());
          });
}
TEST_CASE("a sum along an axis that the operand lacks is a product with the extent") {
  becomes(
      {z, "%1 = sum<classes> %0", "%2 = sum<batch, classes> %1"},
      {z, "%1 = sum<classes> %0", "%2 = sum<batch> %1", "%3 = extent of classes", "%4 = %2 * %3"},
      [](small_graph& s) {
        return apply(op::sum, s.sum_classes(s.student()), {}, {},
                     single(s.batch) | single(s.classes));
      });
}
TEST_CASE("a maximum along an axis that the operand lacks is the operand") {
  becomes({z, "%1 = sum<classes> %0", "%2 = max<classes> %1"}, {z, "%1 = sum<classes> %0"},
          [](small_graph& s) {
            return reduce(op::max, s.sum_classes(s.student()), single(s.classes));
          });
}
TEST_CASE("a log-sum-exp along an axis that the operand lacks adds the logarithm of the extent") {
  becomes({z, "%1 = sum<classes> %0", "%2 = log_sum_exp<classes> %1"},
          {z, "%1 = sum<classes> %0", "%2 = extent of classes", "%3 = log %2", "%4 = %1 + %3"},
          [](small_graph& s) {
            return reduce(op::log_sum_exp, s.sum_classes(s.student()), single(s.classes));
          });
}
TEST_CASE("a softmax sums to 1") {
  becomes(
      {z, "%1 = log_sum_exp<classes> %0", "%2 = %0 - %1", "%3 = exp %2", "%4 = sum<classes> %3"},
      {"%0 = 1"}, [](small_graph& s) { return s.sum_classes(exp(s.log_softmax(s.student()))); });
}
TEST_CASE("a softmax does not sum to 1 along another axis, nor do other exponentials") {
  stays({z, "%1 = log_sum_exp<classes> %0", "%2 = %0 - %1", "%3 = exp %2", "%4 = sum<batch> %3"},
        [](small_graph& s) { return s.sum_batch(exp(s.log_softmax(s.student()))); });
  stays({z, "%1 = log_sum_exp<classes> %0", "%2 = teacher t", "%3 = %2 - %1", "%4 = exp %3",
         "%5 = sum<classes> %4"},
        [](small_graph& s) {
          const term lse = reduce(op::log_sum_exp, s.student(), single(s.classes));
          return s.sum_classes(exp(s.teacher() - lse));
        });
}
TEST_CASE("a one-hot row sums to 1") {
  becomes({"%0 = labels y", "%1 = one_hot<classes> %0", "%2 = sum<classes> %1"}, {"%0 = 1"},
          [](small_graph& s) { return s.sum_classes(one_hot(s.labels(), single(s.classes))); });
}
TEST_CASE("the gap between two softmaxes sums to 0, between others it does not") {
  becomes(
      {"%0 = teacher t", "%1 = log_sum_exp<classes> %0", "%2 = %0 - %1", "%3 = student z",
       "%4 = log_sum_exp<classes> %3", "%5 = %3 - %4", "%6 = gap %2 %5", "%7 = sum<classes> %6"},
      {"%0 = 0"}, [](small_graph& s) {
        const term p = s.log_softmax(s.teacher());
        return s.sum_classes(gap(p, s.log_softmax(s.student())));
      });
  stays({"%0 = teacher t", "%1 = student z", "%2 = gap %0 %1", "%3 = sum<classes> %2"},
        [](small_graph& s) {
          const term p = s.teacher();
          return s.sum_classes(gap(p, s.student()));
        });
}

// ---- views move to the leaves -------------------------------------------------------------------

TEST_CASE("pick moves to the leaves: one element of a row is read, not a row computed") {
  becomes({z, "%1 = labels y", "%2 = exp %0", "%3 = pick<classes> %2 %1"},
          {z, "%1 = labels y", "%2 = pick<classes> %0 %1", "%3 = exp %2"}, [](small_graph& s) {
            const term x = s.student(), y = s.labels();
            return pick(exp(x), y, single(s.classes));
          });
}
TEST_CASE("pick from what has no classes is what it picks from") {
  becomes({z, "%1 = sum<classes> %0", "%2 = labels y", "%3 = %0 - %1", "%4 = pick<classes> %3 %2"},
          {z, "%1 = sum<classes> %0", "%2 = labels y", "%3 = pick<classes> %0 %2", "%4 = %3 - %1"},
          [](small_graph& s) {
            const term x = s.student(), total = s.sum_classes(x), y = s.labels();
            return pick(x - total, y, single(s.classes));
          });
}
TEST_CASE("rename moves to the leaves") {
  becomes({z, "%1 = exp %0", "%2 = rename<batch, other> %1"},
          {z, "%1 = rename<batch, other> %0", "%2 = exp %1"},
          [](small_graph& s) { return rename(exp(s.student()), s.batch, s.g.axis("other")); });
}
TEST_CASE("rename undoes itself") {
  becomes({z, "%1 = rename<batch, other> %0", "%2 = rename<other, batch> %1"}, {z},
          [](small_graph& s) {
            const int other = s.g.axis("other");
            return rename(rename(s.student(), s.batch, other), other, s.batch);
          });
}

// ---- what is not needed -------------------------------------------------------------------------

TEST_CASE("what only gradients see is gone") {
  becomes({z, "%1 = stop_gradient %0"}, {z},
          [](small_graph& s) { return apply(op::stop_gradient, s.student()); });
  becomes({z, "%1 = reverse_gradient %0"}, {z},
          [](small_graph& s) { return apply(op::reverse_gradient, s.student()); });
}
TEST_CASE("what nothing needs is dropped") {
  becomes({z, "%1 = exp %0", "%2 = teacher t"}, {"%0 = teacher t"}, [](small_graph& s) {
    exp(s.student());
    return s.teacher();
  });
}
TEST_CASE("what a rule leaves behind is dropped") {
  becomes({z, "%1 = exp %0", "%2 = 0", "%3 = %1 * %2", "%4 = teacher t", "%5 = %3 + %4"},
          {"%0 = teacher t"}, [](small_graph& s) {
            const term e = exp(s.student()), none = e * s.number(0);
            return none + s.teacher();
          });
}
TEST_CASE("values that become equal become one") {
  becomes({z, "%1 = exp %0", "%2 = 0", "%3 = %0 + %2", "%4 = exp %3", "%5 = %1 * %4"},
          {z, "%1 = exp %0", "%2 = %1 * %1"}, [](small_graph& s) {
            const term x = s.student(), e = exp(x);
            return e * exp(x + s.number(0));
          });
}
