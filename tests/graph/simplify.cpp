// SPDX-License-Identifier: MIT
// What simplification does, shown: the graph before, and the graph after.
#include <kd/graph/simplify.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {
using lines = std::vector<std::string>;

/// Builds a value and compares its graph, a line per node, with `before`, and what it is simplified
/// to with `after`.
template <class Build>
void becomes(const lines& before, const lines& after, Build build) {
  small_graph s;
  s.objective(build(s));
  CHECK(lines_of(s.g) == before);
  CHECK(lines_of(simplify(s.g)) == after);
}
/// Builds a value that is simple already.
template <class Build>
void stays(const lines& both, Build build) {
  becomes(both, both, build);
}
const std::string z = "%0 = student z";
}  // namespace

// ---- constants and neutral elements -------------------------------------------------------------

TEST_CASE("constants fold: 2 + 3") {
  becomes({"%0 = 2", "%1 = 3", "%2 = %0 + %1"}, {"%0 = 5"}, [](small_graph& s) {
    const term two = s.number(2);
    return two + s.number(3);
  });
}
TEST_CASE("constants fold: 2 - 3") {
  becomes({"%0 = 2", "%1 = 3", "%2 = %0 - %1"}, {"%0 = -1"}, [](small_graph& s) {
    const term two = s.number(2);
    return two - s.number(3);
  });
}
TEST_CASE("constants fold: 2 * 3") {
  becomes({"%0 = 2", "%1 = 3", "%2 = %0 * %1"}, {"%0 = 6"}, [](small_graph& s) {
    const term two = s.number(2);
    return two * s.number(3);
  });
}
TEST_CASE("constants fold: 3 / 2") {
  becomes({"%0 = 3", "%1 = 2", "%2 = %0 / %1"}, {"%0 = 1.5"}, [](small_graph& s) {
    const term three = s.number(3);
    return three / s.number(2);
  });
}
TEST_CASE("constants fold: -2") {
  becomes({"%0 = 2", "%1 = -%0"}, {"%0 = -2"}, [](small_graph& s) { return -s.number(2); });
}
TEST_CASE("constants fold: comparisons, the greater and the smaller of two") {
  const auto of = [](op code, double x, double y) {
    small_graph s;
    const term a = s.number(x);
    s.objective(apply(code, a, s.number(y)));
    return lines_of(simplify(s.g));
  };
  CHECK(of(op::greater, 2, 3) == lines{"%0 = 0"});
  CHECK(of(op::greater, 3, 3) == lines{"%0 = 0"});
  CHECK(of(op::greater, 3, 2) == lines{"%0 = 1"});
  CHECK(of(op::greater_equal, 2, 3) == lines{"%0 = 0"});
  CHECK(of(op::greater_equal, 3, 3) == lines{"%0 = 1"});
  CHECK(of(op::equal, 2, 3) == lines{"%0 = 0"});
  CHECK(of(op::equal, 3, 3) == lines{"%0 = 1"});
  CHECK(of(op::maximum, 2, 3) == lines{"%0 = 3"});
  CHECK(of(op::maximum, 3, 2) == lines{"%0 = 3"});
  CHECK(of(op::minimum, 2, 3) == lines{"%0 = 2"});
  CHECK(of(op::minimum, 3, 2) == lines{"%0 = 2"});
}
TEST_CASE("comparisons of anything else stay") {
  stays({z, "%1 = 0", "%2 = %0 > %1"}, [](small_graph& s) {
    const term x = s.student();
    return apply(op::greater, x, s.number(0));
  });
}
TEST_CASE("where with a constant condition is one of its choices") {
  const lines before{"%0 = 1", "%1 = student z", "%2 = teacher t", "%3 = where %0 %1 %2"};
  becomes(before, {"%0 = student z"}, [](small_graph& s) {
    const term one = s.number(1), x = s.student();
    return where(one, x, s.teacher());
  });
  becomes({"%0 = 0", "%1 = student z", "%2 = teacher t", "%3 = where %0 %1 %2"}, {"%0 = teacher t"},
          [](small_graph& s) {
            const term none = s.number(0), x = s.student();
            return where(none, x, s.teacher());
          });
}
TEST_CASE("where with equal choices needs no condition") {
  becomes({z, "%1 = teacher t", "%2 = where %0 %1 %1"}, {"%0 = teacher t"}, [](small_graph& s) {
    const term x = s.student(), y = s.teacher();
    return where(x, y, y);
  });
}
TEST_CASE("x + 0 and 0 + x are x") {
  becomes({z, "%1 = 0", "%2 = %0 + %1"}, {z}, [](small_graph& s) {
    const term x = s.student();
    return x + s.number(0);
  });
  becomes({"%0 = 0", "%1 = student z", "%2 = %0 + %1"}, {z}, [](small_graph& s) {
    const term none = s.number(0);
    return none + s.student();
  });
}
TEST_CASE("x - 0 is x, 0 - x is -x") {
  becomes({z, "%1 = 0", "%2 = %0 - %1"}, {z}, [](small_graph& s) {
    const term x = s.student();
    return x - s.number(0);
  });
  becomes({"%0 = 0", "%1 = student z", "%2 = %0 - %1"}, {z, "%1 = -%0"}, [](small_graph& s) {
    const term none = s.number(0);
    return none - s.student();
  });
}
TEST_CASE("x * 1 is x, x * -1 is -x, x * 0 is 0") {
  becomes({z, "%1 = 1", "%2 = %0 * %1"}, {z}, [](small_graph& s) {
    const term x = s.student();
    return x * s.number(1);
  });
  becomes({z, "%1 = -1", "%2 = %0 * %1"}, {z, "%1 = -%0"}, [](small_graph& s) {
    const term x = s.student();
    return x * s.number(-1);
  });
  becomes({z, "%1 = 0", "%2 = %0 * %1"}, {"%0 = 0"}, [](small_graph& s) {
    const term x = s.student();
    return x * s.number(0);
  });
}
TEST_CASE("a constant may stand on either side") {
  becomes({"%0 = 1", "%1 = student z", "%2 = %0 * %1"}, {z}, [](small_graph& s) {
    const term one = s.number(1);
    return one * s.student();
  });
}
TEST_CASE("x / 1 is x, 0 / x is 0") {
  becomes({"%0 = number", "%1 = 1", "%2 = %0 / %1"}, {"%0 = number"}, [](small_graph& s) {
    const term x = s.slot();
    return x / s.number(1);
  });
  becomes({z, "%1 = 1", "%2 = %0 / %1"}, {z}, [](small_graph& s) {
    const term x = s.student();
    return x / s.number(1);
  });
  becomes({"%0 = 0", "%1 = student z", "%2 = %0 / %1"}, {"%0 = 0"}, [](small_graph& s) {
    const term none = s.number(0);
    return none / s.student();
  });
}

// ---- signs --------------------------------------------------------------------------------------

TEST_CASE("a double negation is none") {
  becomes({z, "%1 = -%0", "%2 = -%1"}, {z}, [](small_graph& s) { return -(-s.student()); });
}
TEST_CASE("the negative of a difference is the difference turned round") {
  becomes({z, "%1 = teacher t", "%2 = %0 - %1", "%3 = -%2"}, {z, "%1 = teacher t", "%2 = %1 - %0"},
          [](small_graph& s) {
            const term x = s.student();
            return -(x - s.teacher());
          });
}
TEST_CASE("a sign in a sum makes it a difference") {
  const lines difference{z, "%1 = teacher t", "%2 = %0 - %1"};
  becomes({z, "%1 = teacher t", "%2 = -%1", "%3 = %0 + %2"}, difference, [](small_graph& s) {
    const term x = s.student();
    return x + -s.teacher();
  });
  becomes({z, "%1 = -%0", "%2 = teacher t", "%3 = %1 + %2"}, {z, "%1 = teacher t", "%2 = %1 - %0"},
          [](small_graph& s) {
            const term x = -s.student();
            return x + s.teacher();
          });
}
TEST_CASE("a sign in a difference makes it a sum") {
  becomes({z, "%1 = teacher t", "%2 = -%1", "%3 = %0 - %2"}, {z, "%1 = teacher t", "%2 = %0 + %1"},
          [](small_graph& s) {
            const term x = s.student();
            return x - -s.teacher();
          });
}
TEST_CASE("signs move out of products, quotients and sums along axes") {
  becomes({z, "%1 = -%0", "%2 = teacher t", "%3 = %1 * %2"},
          {z, "%1 = teacher t", "%2 = %0 * %1", "%3 = -%2"}, [](small_graph& s) {
            const term x = -s.student();
            return x * s.teacher();
          });
  becomes({z, "%1 = teacher t", "%2 = -%1", "%3 = %0 * %2"},
          {z, "%1 = teacher t", "%2 = %0 * %1", "%3 = -%2"}, [](small_graph& s) {
            const term x = s.student();
            return x * -s.teacher();
          });
  becomes({z, "%1 = -%0", "%2 = teacher t", "%3 = %1 / %2"},
          {z, "%1 = teacher t", "%2 = %0 / %1", "%3 = -%2"}, [](small_graph& s) {
            const term x = -s.student();
            return x / s.teacher();
          });
  becomes({z, "%1 = -%0", "%2 = sum<classes> %1"}, {z, "%1 = sum<classes> %0", "%2 = -%1"},
          [](small_graph& s) { return s.sum_classes(-s.student()); });
}

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
