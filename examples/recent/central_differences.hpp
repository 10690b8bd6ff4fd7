// SPDX-License-Identifier: MIT
// How every program here ends: each number is moved up and down, and the slope of the value must be
// the gradient that kd gave.
#pragma once
#include <algorithm>
#include <cmath>
#include <iostream>

#include <Eigen/Core>

// Whether gradient is the slope of value() in each element of x, which value() reads; prints the
// largest difference.
bool is_the_slope(const char* name, Eigen::Ref<const Eigen::MatrixXd> gradient,
                  Eigen::Ref<Eigen::MatrixXd> x, const auto& value) {
  constexpr double step = 1e-5;
  double largest = 0, difference = 0;
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
      const double kept = x(i, j);
      x(i, j) = kept + step;
      const double up = value();
      x(i, j) = kept - step;
      const double down = value();
      x(i, j) = kept;
      largest = std::max(largest, std::abs(gradient(i, j)));
      difference = std::max(difference, std::abs((up - down) / (2 * step) - gradient(i, j)));
    }
  std::cout << "gradient of " << name << ": at most " << largest << ", off by " << difference
            << '\n';
  return difference < 1e-8 && largest > 1e-3;
}
