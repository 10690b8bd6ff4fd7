// SPDX-License-Identifier: MIT
#include <kd/dsl/unit_roundoff.hpp>
#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::unit_roundoff(x)));

TEST_CASE("unit_roundoff: that of the coarsest tensor that is read") {
  const Eigen::MatrixXd D = Eigen::MatrixXd::Ones(2, 3);
  const Eigen::Matrix<Eigen::half, -1, -1> H = D.cast<Eigen::half>();
  const Eigen::Matrix<Eigen::bfloat16, -1, -1> B = D.cast<Eigen::bfloat16>();
  const Eigen::MatrixXf F = D.cast<float>();
  const auto check = [](auto backend) { return backend; };
  const auto of = [&](const auto& X, const auto& Z, auto backend) {
    const auto none = 0 * kd::sum<batch, classes>(x * z);
    return kd::evaluate(none + kd::unit_roundoff(kd::exp(x) + z), check(backend), x = X, z = Z)
        .value();
  };
  CHECK(of(D, D, kd::reference) == 0x1p-53);
  CHECK(of(F, F, kd::reference) == 0x1p-24);
  CHECK(of(F, H, kd::reference) == 0x1p-11);
  CHECK(of(H, B, kd::reference) == 0x1p-8);
  CHECK(of(F, B, kd::eigen) == 0x1p-8);
  CHECK(of(F, H, kd::eigen) == 0x1p-11);
  CHECK(of(D, D, kd::eigen) == 0x1p-53);
  const auto alone = kd::sum<batch, classes>(x) * 0 + kd::unit_roundoff(x);
  CHECK(kd::evaluate(alone, kd::eigen, x = H).value() == 0x1p-11);
}
