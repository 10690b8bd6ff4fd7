// SPDX-License-Identifier: MIT
// stop_gradient and reverse_gradient change what gradients see and nothing else.
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto fs = kd::student<"f", batch, feature>;
const std::vector<double> values{1, -2, 3, 0.5, 4, -1};
const auto F = kd::tensor(values.data(), {2, 3});

/// Calls test(value, gradient's elements) for each backend.
template <class Objective, class Test>
void on_backends(const Objective& objective, Test test) {
  const auto fast = kd::evaluate(objective, kd::eigen, fs = F);
  test(fast.value(), fast.gradient(fs).data());
  const auto exact = kd::evaluate(objective, kd::reference, fs = F);
  test(exact.value(), exact.gradient(fs).data);
}

}  // namespace

TEST_CASE("a stopped gradient: the value stays, the derivative is that of a constant") {
  on_backends(kd::sum<batch, feature>(kd::stop_gradient(kd::exp(fs)) * fs),
              [](double value, const double* gradient) {
                double sum = 0;
                for (std::size_t i = 0; i < values.size(); ++i) {
                  sum += std::exp(values[i]) * values[i];
                  CHECK(gradient[i] == Approx(std::exp(values[i])));
                }
                CHECK(value == Approx(sum));
              });
}
TEST_CASE("a reversed gradient: the value stays, the derivative has the other sign") {
  on_backends(kd::sum<batch, feature>(kd::square(kd::reverse_gradient(fs))),
              [](double value, const double* gradient) {
                double sum = 0;
                for (std::size_t i = 0; i < values.size(); ++i) {
                  sum += values[i] * values[i];
                  CHECK(gradient[i] == Approx(-2 * values[i]));
                }
                CHECK(value == Approx(sum));
              });
}
TEST_CASE("stopping everything gives a gradient of zeros") {
  on_backends(kd::sum<batch, feature>(kd::stop_gradient(fs)),
              [](double value, const double* gradient) {
                CHECK(value == Approx(5.5));
                for (std::size_t i = 0; i < values.size(); ++i) CHECK(gradient[i] == 0);
              });
}
TEST_CASE("a stopped copy of a value is computed once with it") {
  const auto once = kd::plan(kd::sum<batch, feature>(kd::exp(fs) * kd::stop_gradient(kd::exp(fs))));
  int exponentials = 0;
  for (int i = 0; i < once.instructions; ++i)
    exponentials += once.code[i].what == kd::detail::action::compute &&
                    once.code[i].code == kd::detail::op::exp;
  CHECK(exponentials == 1);
}
