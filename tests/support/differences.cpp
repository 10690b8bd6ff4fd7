// SPDX-License-Identifier: MIT
#include "support/differences.hpp"

#include <array>
#include <Eigen/Core>

#include "support/catch.hpp"

using kd::test::largest_difference;
using kd::test::largest_of;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("differences: the largest, of either sign and either type") {
  const std::array<double, 3> expected{1, -2, 3};
  const std::array<float, 3> got{1, -5, 4};
  CHECK(largest_difference(got.data(), expected.data(), 3) == 3);
  CHECK(largest_difference(got.data(), expected.data(), 0) == 0);
  CHECK(largest_of(got.data(), 3) == 5);
  const Eigen::Matrix2d a{{1, 2}, {3, 4}}, b{{1, 2}, {7, 4}};
  CHECK(largest_difference(a, b) == 4);
  CHECK(largest_difference(a.transpose(), a.transpose()) == 0);
  CHECK(largest_of(b.array() - 10) == 9);
}

TEST_CASE("differences: whatever is not finite is infinitely far away, wherever it stands") {
  for (double wrong : {std::nan(""), infinity, -infinity})
    for (std::size_t place : {0u, 1u, 2u}) {
      std::array<double, 3> right{1, 2, 3}, damaged = right;
      damaged[place] = wrong;
      CHECK(largest_difference(damaged.data(), right.data(), 3) == infinity);
      CHECK(largest_difference(right.data(), damaged.data(), 3) == infinity);
      CHECK(largest_difference(damaged.data(), damaged.data(), 3) == infinity);
      CHECK(largest_of(damaged.data(), 3) == infinity);
      const Eigen::Map<const Eigen::Array3d> a(damaged.data()), b(right.data());
      CHECK(largest_difference(a, b) == infinity);
      CHECK(largest_difference(b, a) == infinity);
      CHECK(largest_of(a) == infinity);
    }
}

TEST_CASE("differences: other sizes are infinitely far away") {
  CHECK(largest_difference(Eigen::MatrixXd::Zero(2, 3), Eigen::MatrixXd::Zero(3, 2)) == infinity);
  CHECK(largest_difference(Eigen::MatrixXd::Zero(2, 3), Eigen::MatrixXd::Zero(2, 2)) == infinity);
}
