// SPDX-License-Identifier: MIT
// The check of gradients must be able to fail.
#include "loss/checks.hpp"

#include <limits>

using namespace kd::test;

TEST_CASE("gradient_error: small for the gradient, large for any other, infinite for none") {
  const matrix<double> x = random_matrix<double>(2, 3, 1, 1);
  const auto value = [](const matrix<double>& at) { return at.squaredNorm(); };
  const matrix<double> right = 2 * x;
  CHECK(gradient_error(x, right, value) < 1e-8);
  for (double wrong : {0.0, std::nan(""), std::numeric_limits<double>::infinity()})
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      matrix<double> gradient = right;
      gradient.data()[i] = wrong;
      CHECK(gradient_error(x, gradient, value) > 0.01);
    }
  const matrix<double> nothing = matrix<double>::Constant(2, 3, std::nan(""));
  CHECK(gradient_error(x, nothing, value) > 1e100);
  CHECK(gradient_error(x, right, [](const matrix<double>&) { return std::nan(""); }) > 1e100);
}
