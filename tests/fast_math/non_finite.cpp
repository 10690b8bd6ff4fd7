// SPDX-License-Identifier: MIT
// Compiled with -ffinite-math-only and KD_ALLOW_FAST_MATH: what is not a number is found
// all the same.
#include <cmath>
#include <limits>

#include <kd/kd.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

matrix numbers(float shift) {
  return matrix::NullaryExpr(4, 21, [shift](Eigen::Index i, Eigen::Index j) {
    return std::sin(static_cast<float>(3 * i + j) + shift);
  });
}

}  // namespace

TEST_CASE("V16: with -ffinite-math-only a number that is none is found by its bits") {
  const matrix teacher = numbers(1);
  const auto objective = kd::kl_divergence(zs, zt);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    matrix student = numbers(0);
    student(2, 7) = bad;
    CHECK_THROWS_WITH(
        kd::evaluate(objective, kd::non_finite::check, zs = student, zt = teacher),
        Catch::Contains("student logits holds") && Catch::Contains("batch 2, classes 7"));
    const double progress = bad - bad;
    double temperature = progress;
    CHECK_THROWS_AS(kd::evaluate(kd::kl_divergence(zs, zt, {.temperature = kd::watch(temperature)}),
                                 zs = teacher, zt = teacher),
                    kd::value_error);
  }
}
TEST_CASE("V16: with -ffinite-math-only a divergence is right, and 0 at equality") {
  const matrix student = numbers(0), teacher = numbers(1);
  const auto objective = kd::kl_divergence(zs, zt, {.temperature = 1});
  double expected = 0;
  for (Eigen::Index i = 0; i < 4; ++i) {
    const Eigen::ArrayXd s = student.row(i).transpose().cast<double>(),
                         t = teacher.row(i).transpose().cast<double>();
    const Eigen::ArrayXd p = t.exp() / t.exp().sum(), q = s.exp() / s.exp().sum();
    expected += (p * (p / q).log()).sum() / 4;
  }
  CHECK(kd::evaluate(objective, zs = student, zt = teacher).value() ==
        Approx(expected).epsilon(1e-4));
  CHECK(kd::evaluate(objective, zs = teacher, zt = teacher).value() == 0);
}
