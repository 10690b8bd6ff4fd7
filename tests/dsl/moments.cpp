// SPDX-License-Identifier: MIT
#include <kd/dsl/moments.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::norm<classes>(x), batch));
static_assert(has_exactly(kd::normalize<height, width>(map), batch, channel, height, width));
static_assert(has_exactly(kd::variance<batch>(x), classes));

TEST_CASE("moments: norms, variances") {
  // x: 1 -2 3, 0 5 4: squares 14 and 41, means 2/3 and 3
  CHECK(value_of(kd::sum<batch>(kd::norm<classes>(x)), x = X) ==
        close_to(std::sqrt(14) + std::sqrt(41)));
  CHECK(value_of(kd::sum<batch>(kd::variance<classes>(x)), x = X) ==
        close_to((14 - 4.0 / 3) / 3 + 14.0 / 3));
  CHECK(value_of(kd::sum<batch>(kd::sample_variance<classes>(x)), x = X) ==
        close_to((14 - 4.0 / 3) / 2 + 7));
  CHECK(value_of(kd::max<batch, classes>(kd::centre<classes>(x)), x = X) == close_to(7.0 / 3));
}
TEST_CASE(
    "moments: normalised rows have length 1, standardised ones unit deviation, constant ones 0") {
  CHECK(value_of(kd::sum<batch>(kd::norm<classes>(kd::normalize<classes>(x))), x = X) ==
        close_to(2));
  CHECK(value_of(kd::sum<batch>(kd::sample_variance<classes>(kd::standardize<classes>(x))),
                 x = X) == Approx(2).epsilon(1e-6));
  const std::array<double, 6> constant{5, 5, 5, 0, 0, 0};
  const auto C = kd::tensor(constant.data(), {2, 3});
  CHECK(value_of(kd::max<batch, classes>(kd::abs(kd::standardize<classes>(x))), x = C) == 0);
  const auto result = kd::evaluate(kd::sum<batch>(kd::norm<classes>(x)), kd::reference, x = C);
  CHECK(result.gradient(x).data[3] == 0);  // at 0
}
