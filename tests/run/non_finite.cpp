// SPDX-License-Identifier: MIT
// kd::non_finite: what is refused and named, which rows are left out, and that the others stay as
// they are to the bit.
#include <cmath>
#include <limits>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;
using Catch::Contains;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

template <class T>
matrix<T> logits(Eigen::Index b, Eigen::Index c, double seed) {
  return matrix<T>::NullaryExpr(b, c, [&](Eigen::Index i, Eigen::Index j) {
    return static_cast<T>(3 * std::sin(seed * static_cast<double>(i * c + j + 1)));
  });
}

/// Rows 1 and 20 are spoilt, in the student and in the teacher; the rest is as without them.
template <class T>
void check_skipping(const auto& objective, Eigen::Index c) {
  const Eigen::Index b = 37;
  matrix<T> s = logits<T>(b, c, 0.9), t = logits<T>(b, c, 0.7);
  const auto skipping = kd::skip_non_finite(objective);
  const auto good = kd::evaluate(skipping, zs = s, zt = t);
  CHECK(good.value() == Approx(kd::evaluate(objective, zs = s, zt = t).value()).epsilon(1e-6));
  const matrix<T> wanted = good.gradient(zs);
  double value = good.value();
  for (Eigen::Index bad : {1, 20}) {  // what the two rows add to the value
    const matrix<T> one_s = s.row(bad), one_t = t.row(bad);
    value -= kd::evaluate(objective, zs = one_s, zt = one_t).value() / static_cast<double>(b);
  }
  s(1, c - 1) = static_cast<T>(not_a_number);
  t.row(20).setConstant(static_cast<T>(-inf));
  const auto check = [&](auto backend) {
    matrix<T> sum = matrix<T>::Constant(b, c, 2), gradient = sum;
    const auto run = [&](const auto& more) {
      return kd::evaluate(skipping, backend, zs = s, zt = t, more).value();
    };
    CHECK(run(kd::gradient(zs) = gradient) == Approx(value).epsilon(1e-5));
    run(kd::gradient(zs) += sum);
    for (Eigen::Index i = 0; i < b; ++i)
      if (i == 1 || i == 20) {
        CHECK((gradient.row(i).array() == 0).all());
        CHECK((sum.row(i).array() == 2).all());
      } else {
        CHECK((gradient.row(i) - wanted.row(i)).isMuchSmallerThan(1, static_cast<T>(1e-5)));
        CHECK((sum.row(i) - wanted.row(i)).isApproxToConstant(2, static_cast<T>(1e-5)));
      }
  };
  check(kd::eigen);
  check(kd::reference);
}

}  // namespace

TEMPLATE_TEST_CASE("skip_non_finite leaves rows out", "", float, double) {
  for (Eigen::Index c : {2, 10, 300}) {  // across rows, and along them
    check_skipping<TestType>(kd::kl_divergence(zs, zt, {.temperature = 2}), c);
    check_skipping<TestType>(kd::logit_mse(zs, zt) + kd::kl_divergence(zs, zt), c);
  }
}
TEST_CASE("what is not finite is left out, whatever the order of operands") {
  constexpr auto q = kd::given<"q", classes>;
  matrix<double> s(4, 3);
  s << 1, 2, 3, 4, not_a_number, 6, 7, 8, 9, 10, 11, 12;
  const Eigen::Vector3d weights(1, 2, 3);
  const auto check = [&](const auto& row) {
    const auto r = kd::evaluate(kd::mean<batch>(kd::where_finite(row)), zs = s, q = weights);
    CHECK(r.value() == Approx(753));  // (98 + 1034 + 1880) / 4
    CHECK((r.gradient(zs).row(1) == 0).all());
    CHECK(r.gradient(zs)(3, 1) == Approx(2 * 11 * 4 / 4.0));
  };
  check(kd::sum<classes>(kd::square(zs * q)));
  check(kd::sum<classes>(kd::square(q * zs)));
}
TEST_CASE("V6: a row whose classes are all masked is left out, or named") {
  matrix<float> s = logits<float>(4, 5, 0.9);
  const Eigen::Vector4i labels(0, 1, 2, 3);
  const auto objective = kd::cross_entropy(zs, y);
  s.row(2).setConstant(static_cast<float>(-inf));
  CHECK(std::isnan(kd::evaluate(objective, zs = s, y = labels).value()));
  const auto skipped = kd::evaluate(kd::skip_non_finite(objective), zs = s, y = labels);
  CHECK(std::isfinite(skipped.value()));
  CHECK((skipped.gradient(zs).row(2) == 0).all());
  CHECK_THROWS_WITH(kd::evaluate(objective, zs = s, y = labels, kd::non_finite::check),
                    Contains("the objective is nan, though no tensor holds nan"));
}
TEST_CASE("check names the tensor and the position, and allows masked classes") {
  matrix<float> s = logits<float>(4, 5, 0.9), t = logits<float>(4, 5, 0.7);
  const auto objective = kd::kl_divergence(zs, zt);
  s(1, 2) = t(1, 2) = static_cast<float>(-inf);
  CHECK(kd::evaluate(objective, zs = s, zt = t, kd::non_finite::check).value() > 0);
  matrix<float> g = matrix<float>::Constant(4, 5, 7);
  t(3, 4) = static_cast<float>(not_a_number);
  CHECK_THROWS_WITH(
      kd::evaluate(objective, zs = s, zt = t, kd::gradient(zs) = g, kd::non_finite::check),
      "kd: teacher logits holds nan at batch 3, classes 4; kd::skip_non_finite(objective) "
      "leaves such rows out");
  CHECK((g.array() == 7).all());  // nothing was written
  t(3, 4) = static_cast<float>(inf);
  const Eigen::MatrixXf columns = t;
  CHECK_THROWS_WITH(kd::evaluate(objective, zs = s, zt = columns, kd::non_finite::check),
                    Contains("teacher logits holds inf at batch 3, classes 4"));
  CHECK_THROWS_WITH(kd::evaluate(objective, kd::reference, zs = s, zt = t, kd::non_finite::check),
                    Contains("teacher logits holds inf"));
  const auto same = kd::evaluate(objective, zs = s, zt = s, kd::non_finite::propagate);
  CHECK(same.value() == 0);
}
