// SPDX-License-Identifier: MIT
#include <kd/dsl/elementwise.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::root(x), batch, classes));

TEST_CASE("root: 0 with the gradient 0 at 0, not a number below, else the square root") {
  const std::array<double, 6> values{0, 4, 9, -0.0, 2, 1e-300};
  const auto V = kd::tensor(values.data(), {2, 3});
  const auto total = kd::sum<batch, classes>(kd::root(x));
  const double wanted[] = {0, 0.25, 1.0 / 6, 0, 0.5 / std::sqrt(2.0), 0.5e150};
  const auto check = [&](auto backend) {
    std::array<double, 6> g{};
    const auto G = kd::tensor(g.data(), {2, 3});
    CHECK(kd::evaluate(total, backend, x = V, kd::gradient(x) = G).value() ==
          close_to(5 + std::sqrt(2.0) + 1e-150));
    for (std::size_t i = 0; i < 6; ++i) CHECK(g[i] == Approx(wanted[i]).epsilon(1e-14));
  };
  check(kd::reference);
  check(kd::eigen);
  const std::array<double, 6> below{-1, 0, 0, 0, 0, 0};
  const auto B = kd::tensor(below.data(), {2, 3});
  CHECK(std::isnan(value_of(kd::sum<batch, classes>(kd::root(x)), x = B)));
  CHECK(value_of(kd::sum<batch>(kd::root(kd::sum<classes>(kd::square(z)))), z = Z) ==
        close_to(value_of(kd::sum<batch>(kd::norm<classes>(z)), z = Z)));
}
TEST_CASE("root: of a schedule") {
  CHECK(value_of(kd::sum<batch, classes>(x) * kd::root(kd::linear(4, 0)), x = X) == 22);
}
