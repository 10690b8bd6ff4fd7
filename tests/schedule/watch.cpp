// SPDX-License-Identifier: MIT
#include <kd/kd.hpp>
#include "support/catch.hpp"
using namespace kd::axes;

TEST_CASE("watch reads its variable at every evaluation, also within arithmetic and copies") {
  double x = 3;
  const kd::schedule s = kd::watch(x), copy = kd::warmup(0.5, 2 * s + 1);
  CHECK(s(0.3) == 3);
  x = 5;
  CHECK(s(0.3) == 5);
  CHECK(copy(1) == 11);
  CHECK(kd::describe(2 * s) == "2 * watch()");
}

TEST_CASE("a program that is compiled once sees what a watched variable has become") {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto zt = kd::teacher<"logits", batch, classes>;
  double weight = 1, temperature = 2;
  const auto objective =
      kd::watch(weight) * kd::kl_divergence(zs, zt, {.temperature = kd::watch(temperature)});
  Eigen::MatrixXd s(2, 3), t(2, 3);
  s << 1, 2, 0, 0, 1, 3;
  t << 0, 4, 1, 1, 0, 5;
  const auto expected = [&](double w, double of_temperature) {
    return kd::evaluate(w * kd::kl_divergence(zs, zt, {.temperature = of_temperature}), zs = s,
                        zt = t)
        .value();
  };
  auto program = kd::compile<double>(objective, kd::eigen, batch(2), classes(3));
  CHECK(program(zs = s, zt = t).value() == expected(1, 2));
  weight = 0.25;
  CHECK(program(zs = s, zt = t).value() == expected(0.25, 2));
  temperature = 4;
  CHECK(program(zs = s, zt = t).value() == expected(0.25, 4));
  temperature = -1;
  CHECK_THROWS_AS(program(zs = s, zt = t), kd::value_error);
}
