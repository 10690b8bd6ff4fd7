// SPDX-License-Identifier: MIT
#include <kd/dsl/input.hpp>
#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(map, batch, channel, height, width));
static_assert(x.role == kd::role::student && z.role == kd::role::teacher);
static_assert(y.role == kd::role::labels && y.rank == 1);
static_assert(x.model == "student" && x.name == "x" && x.rank == 2);
static_assert(kd::learnable<"w", feature>.role == kd::role::learnable);
static_assert(kd::given<"w", feature>.role == kd::role::given);

TEST_CASE("input: only students and learnable tensors get gradients, in the order of their axes") {
  constexpr auto w = kd::learnable<"w", classes, batch>;
  const std::array<double, 6> w_values{1, 2, 3, 4, 5, 6};
  const auto result = kd::evaluate(kd::sum<batch, classes>(x * w * z), kd::reference, x = X, z = Z,
                                   w = kd::tensor(w_values.data(), {3, 2}));
  const auto of_x = result.gradient(x), of_w = result.gradient(w);
  CHECK(of_x.extents[0] == 2);
  CHECK(of_w.extents[0] == 3);
  CHECK(of_x.data[1] == 3 * 1);  // sample 0, class 1: w is 3, z is 1
  CHECK(of_w.data[3] == 5 * 2);  // class 1, sample 1: x is 5, z is 2
}
TEST_CASE("input: the first axis is the outermost of what is bound") {
  CHECK(value_of(kd::sum<batch>(kd::max<classes>(x)), x = X) == 3 + 5);
  constexpr auto turned = kd::student<"x", classes, batch>;
  const auto T = kd::tensor(x_values.data(), {3, 2}, {1, 3});
  CHECK(value_of(kd::sum<batch>(kd::max<classes>(turned)), turned = T) == 3 + 5);
}
TEST_CASE("input: several teachers and students, told apart by the names of their models") {
  using assistant = kd::model<"assistant">;
  constexpr auto helper = assistant::teacher<"x", batch, classes>;
  constexpr auto pupil = assistant::student<"x", batch, classes>;
  static_assert(helper.model == "assistant" && helper.role == kd::role::teacher);
  const auto objective = kd::sum<batch, classes>(kd::square(pupil - helper) * x);
  const auto result = kd::evaluate(objective, kd::reference, x = X, helper = Z, pupil = X);
  double sum = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const double difference = x_values[i] - z_values[i];
    sum += difference * difference * x_values[i];
    CHECK(result.gradient(pupil).data[i] == close_to(2 * difference * x_values[i]));
    CHECK(result.gradient(x).data[i] == close_to(difference * difference));
  }
  CHECK(result.value() == close_to(sum));
}
