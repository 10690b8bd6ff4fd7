// SPDX-License-Identifier: MIT
#include <kd/dsl/elementwise.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::max(x, 0.0), batch, classes));
static_assert(has_exactly(kd::where(kd::greater(x, z), x, 0.0), batch, classes));
static_assert(has_exactly(kd::pow(2, y), batch));

namespace {
/// The sum of a function over X.
double sum_of(double (*f)(double)) {
  double sum = 0;
  for (double v : x_values) sum += f(v);
  return sum;
}
constexpr auto total = [](auto e) { return kd::sum<batch, classes>(e); };
}  // namespace

TEST_CASE("elementwise: functions of one value") {
  CHECK(value_of(total(kd::exp(x) + kd::expm1(-x)), x = X) ==
        close_to(sum_of([](double v) { return std::exp(v) + std::expm1(-v); })));
  CHECK(value_of(total(kd::log(kd::square(x) + 1.0) - kd::log1p(kd::abs(x))), x = X) ==
        close_to(sum_of([](double v) { return std::log(v * v + 1) - std::log1p(std::abs(v)); })));
  CHECK(value_of(total(kd::tanh(x) * kd::sqrt(kd::abs(x)) + kd::erf(x)), x = X) ==
        close_to(
            sum_of([](double v) { return std::tanh(v) * std::sqrt(std::abs(v)) + std::erf(v); })));
  CHECK(value_of(total(kd::sigmoid(x) + kd::softplus(x)), x = X) == close_to(sum_of([](double v) {
          return 1 / (1 + std::exp(-v)) + std::log1p(std::exp(v));
        })));
  CHECK(value_of(total(kd::sign(x) + kd::relu(x)), x = X) == 3 + 13);
  CHECK(value_of(total(kd::huber(x)), x = X) == 0.5 + 1.5 + 2.5 + 0 + 4.5 + 3.5);
}
TEST_CASE("elementwise: functions of two values, and choices") {
  // x: 1 -2 3, 0 5 4      z: 3 1 2, 2 2 2
  CHECK(value_of(total(kd::max(x, z)), x = X, z = Z) == 3 + 1 + 3 + 2 + 5 + 4);
  CHECK(value_of(total(kd::min(x, z)), x = X, z = Z) == 1 - 2 + 2 + 0 + 2 + 2);
  CHECK(value_of(total(kd::pow(x, 3)), x = X) == 1 - 8 + 27 + 0 + 125 + 64);
  CHECK(value_of(total(kd::greater(x, z)), x = X, z = Z) == 3);
  CHECK(value_of(total(kd::greater_equal(x, 3)), x = X) == 3);
  CHECK(value_of(total(kd::less(x, 3)), x = X) == 3);
  CHECK(value_of(total(kd::less_equal(x, 3)), x = X) == 4);
  CHECK(value_of(total(kd::equal(x, 5)), x = X) == 1);
  CHECK(value_of(total(kd::where(kd::less(x, z), x, -z)), x = X, z = Z) == -1 - 2 + 0 - 4);
}
TEST_CASE("elementwise: gradients that are stopped and turned") {
  const auto gradient = [](auto e) {
    const auto result = kd::evaluate(total(e), kd::reference, x = X);
    return result.gradient(x).data[2];  // x is 3
  };
  CHECK(gradient(kd::square(x)) == 6);
  CHECK(gradient(x * kd::stop_gradient(x)) == 3);
  CHECK(gradient(kd::reverse_gradient(kd::square(x))) == -6);
}
