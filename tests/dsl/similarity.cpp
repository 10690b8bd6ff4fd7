// SPDX-License-Identifier: MIT
#include <kd/dsl/similarity.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;

static_assert(has_exactly(kd::cosine_similarity<classes>(x, z), batch));
static_assert(has_exactly(kd::pearson<batch>(x, z), classes));
static_assert(has_exactly(kd::distances<classes>(x, kd::as<batch, other>(z)), batch, other));

TEST_CASE("similarity: cosine and Pearson's correlation") {
  CHECK(value_of(kd::sum<batch>(kd::cosine_similarity<classes>(x, 3 * x)), x = X) == close_to(2));
  CHECK(value_of(kd::sum<batch>(kd::pearson<classes>(x, 1.0 - 2 * x)), x = X) == close_to(-2));
  // x: 1 -2 3, 0 5 4      z: 3 1 2, 2 2 2
  CHECK(value_of(kd::sum<batch>(kd::cosine_similarity<classes>(x, z)), x = X, z = Z) ==
        close_to(7.0 / 14 + 18 / std::sqrt(41 * 12)));
  CHECK(value_of(kd::sum<batch>(kd::pearson<classes>(x, z)), x = X, z = Z) ==
        close_to(3 / std::sqrt((14 - 4.0 / 3) * 2)));  // a constant row counts 0
}
TEST_CASE("similarity: distances of all pairs of rows") {
  const auto between = kd::squared_distances<classes>(x, kd::as<batch, other>(x));
  CHECK(value_of(kd::sum<batch, other>(between), x = X) == close_to(2 * (1 + 49 + 1)));
  const auto apart = kd::distances<classes>(x, kd::as<batch, other>(z));
  CHECK(value_of(kd::sum<batch, other>(apart), x = X, z = Z) ==
        close_to(std::sqrt(4 + 9 + 1) + std::sqrt(1 + 16 + 1) + std::sqrt(9 + 16 + 4) +
                 std::sqrt(4 + 9 + 4)));
}

namespace {
constexpr auto f = kd::student<"f", batch, feature>;
}
TEST_CASE("distances of a tensor with itself are 0 where it meets itself, with gradient 0") {
  const auto d = kd::distances<feature>(f, kd::as<batch, other>(f));
  const auto above = kd::sum<batch, other>(kd::greater(d, kd::constant_of<0>));
  Eigen::MatrixXd F(7, 9);
  for (int i = 0; i < F.size(); ++i) F.data()[i] = 3 + std::sin(1.0 + i);
  CHECK(kd::evaluate(above, f = F).value() == 42);
  const Eigen::MatrixXf G = F.cast<float>();
  CHECK(kd::evaluate(above, f = G).value() == 42);
  const auto r = kd::evaluate(kd::mean<batch, other>(d), f = F);
  Eigen::MatrixXd wanted = Eigen::MatrixXd::Zero(7, 9);
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 7; ++j)
      if (i != j) wanted.row(i) += 2 * (F.row(i) - F.row(j)) / (F.row(i) - F.row(j)).norm() / 49;
  const Eigen::MatrixXd gradient = r.gradient(f);
  CHECK((gradient - wanted).cwiseAbs().maxCoeff() < 1e-13);
}
