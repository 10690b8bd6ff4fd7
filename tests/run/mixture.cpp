// SPDX-License-Identifier: MIT
// log_mixture and entropy: exact at the ends and where both sides are equal, legal with -inf.
#include <cmath>
#include <limits>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto a = kd::student<"a", classes>;
constexpr auto b = kd::teacher<"b", classes>;
constexpr double inf = std::numeric_limits<double>::infinity();

/// The sum of log_mixture(weight, a, b), where `a` and `b` hold one logarithm, and its derivative in a.
template <class T>
std::pair<double, double> mixture(double weight, T x, T y) {
  const auto w = kd::fraction<"weight">(weight);
  const std::vector<T> first{x}, second{y};
  T slope = 7;
  const auto r = kd::evaluate(kd::sum<classes>(kd::log_mixture(w, a, b)), a = first, b = second,
                              kd::gradient(a) = kd::tensor(&slope, {1}));
  return {r.value(), static_cast<double>(slope)};
}

}  // namespace

TEMPLATE_TEST_CASE("log_mixture: exact at the ends and where both are equal", "", float, double) {
  const auto x = TestType(-0.3), y = TestType(-7.1);
  CHECK(mixture<TestType>(1, x, y) == std::pair{static_cast<double>(x), 1.0});
  CHECK(mixture<TestType>(0, x, y) == std::pair{static_cast<double>(y), 0.0});
  for (const double weight : {0.0, 1e-6, 0.3, 1.0})
    CHECK(mixture<TestType>(weight, x, x).first == static_cast<double>(x));
}
TEST_CASE("log_mixture: the weight may be a number or a schedule") {
  const std::vector<double> x{-0.3}, y{-7.1};
  const auto value = [&](const auto& weight) {
    return kd::evaluate(kd::sum<classes>(kd::log_mixture(weight, a, b)), kd::at(0.5), a = x, b = y)
        .value();
  };
  CHECK(value(0.25) == mixture<double>(0.25, -0.3, -7.1).first);
  CHECK(value(kd::linear(0, 0.5)) == value(0.25));
  CHECK(value(1) == -0.3);
}
TEST_CASE("log_mixture: its value and derivative") {
  for (const double weight : {1e-9, 0.1, 0.5, 0.9})
    for (const auto& [x, y] : {std::pair{-1.0, -2.0}, {-2.0, -1.0}, {-700.0, -0.1}, {-1.0, -1.0}}) {
      const double p = weight * std::exp(x), q = (1 - weight) * std::exp(y);
      const auto [value, slope] = mixture(weight, x, y);
      CHECK(value == Approx(std::log(p + q)));
      CHECK(slope == Approx(p / (p + q)));
    }
}
TEMPLATE_TEST_CASE("log_mixture: -inf on one side or both, and NaN", "", float, double) {
  const auto none = static_cast<TestType>(-inf);
  for (const double weight : {0.0, 0.3, 1.0}) {
    CHECK(mixture(weight, none, none).first == -inf);
    CHECK(std::isfinite(mixture(weight, none, none).second));
    CHECK(std::isnan(mixture(weight, TestType(std::nan("")), TestType(std::nan(""))).first));
  }
  CHECK(mixture(0.3, none, TestType(-1)).first == Approx(std::log(0.7) - 1));
  CHECK(mixture(0.3, none, TestType(-1)).second == 0);
  CHECK(mixture(0.3, TestType(-1), none).first == Approx(std::log(0.3) - 1));
  CHECK(mixture(0.3, TestType(-1), none).second == Approx(1));
}
TEST_CASE("entropy: of uniform and of certain distributions, with classes that are absent") {
  const auto of = [](const std::vector<double>& z) {
    return kd::evaluate(kd::entropy<classes>(kd::log_softmax<classes>(a)), a = z).value();
  };
  CHECK(of({2, 2, 2, 2}) == Approx(std::log(4)));
  CHECK(of({2, -inf, 2, -inf}) == Approx(std::log(2)));
  CHECK(of({1e4, 0, 0}) == 0);
}
TEST_CASE("the entropy of a student with a masked class is that without the class") {
  const std::vector<double> masked{1, -inf, 2}, less{1, 2};
  const auto entropy = kd::entropy<classes>(kd::log_softmax<classes>(a));
  const auto check = [&](auto backend) {
    const auto with = kd::evaluate(entropy, backend, a = masked);
    const auto without = kd::evaluate(entropy, backend, a = less);
    const auto *g = &with.gradient(a).data()[0], *h = &without.gradient(a).data()[0];
    CHECK(with.value() == Approx(without.value()));
    CHECK(g[0] == Approx(h[0]));
    CHECK(g[1] == 0);
    CHECK(g[2] == Approx(h[1]));
  };
  check(kd::eigen);
}
