// SPDX-License-Identifier: MIT
#include <kd/dsl/expression.hpp>
#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(x + y, batch, classes));  // operands broadcast by name
static_assert(has_exactly(x + kd::given<"w", channel>, batch, classes, channel));
static_assert(kd::Expression<decltype(x + z)> && kd::Expression<const decltype(x)&>);
static_assert(!kd::Expression<double>);

TEST_CASE("expression: broadcasting goes by name, not by position") {
  constexpr auto w = kd::given<"w", classes>;
  constexpr auto v = kd::given<"v", batch>;
  const std::array<double, 3> w_values{1, 10, 100};
  const std::array<double, 2> v_values{1, -1};
  CHECK(value_of(kd::sum<batch, classes>(w * x), w = w_values, x = X) == 1 + 30 + 700);
  CHECK(value_of(kd::sum<batch, classes>(x * v), v = v_values, x = X) == 2 - 9);
  CHECK(value_of(kd::sum<batch, classes>(w + v), w = w_values, v = v_values) == 222);
}
