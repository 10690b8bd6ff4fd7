// SPDX-License-Identifier: MIT
// What simplification does, shown: the graph before, and the graph after.
#include "support/simplified.hpp"

using namespace kd::test;

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
