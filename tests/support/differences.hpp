// SPDX-License-Identifier: MIT
// How far numbers are from what they should be. A NaN compares false with everything, so std::max and maxCoeff may lose it:
// here whatever is not finite makes the answer infinite, which no tolerance allows.
#pragma once
#include <cmath>
#include <cstddef>
#include <limits>

namespace kd::test {

/// Keeps the largest magnitude of the numbers it is told.
class largest {
 public:
  void operator()(double x) {
    if (!std::isfinite(x)) value_ = std::numeric_limits<double>::infinity();
    else if (std::abs(x) > value_) value_ = std::abs(x);
  }
  double value() const { return value_; }

 private:
  double value_ = 0;
};

template <class A>
double largest_of(const A* numbers, std::size_t size) {
  largest l;
  for (std::size_t i = 0; i < size; ++i) l(static_cast<double>(numbers[i]));
  return l.value();
}
template <class A, class B>
double largest_difference(const A* got, const B* expected, std::size_t size) {
  largest l;
  for (std::size_t i = 0; i < size; ++i)
    l(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
  return l.value();
}

/// The same of Eigen matrices and arrays; infinite if their sizes differ.
template <class A>
double largest_of(const A& numbers) {
  largest l;
  for (std::ptrdiff_t i = 0; i < numbers.rows(); ++i)
    for (std::ptrdiff_t j = 0; j < numbers.cols(); ++j) l(static_cast<double>(numbers(i, j)));
  return l.value();
}
template <class A, class B>
double largest_difference(const A& got, const B& expected) {
  if (got.rows() != expected.rows() || got.cols() != expected.cols())
    return std::numeric_limits<double>::infinity();
  largest l;
  for (std::ptrdiff_t i = 0; i < got.rows(); ++i)
    for (std::ptrdiff_t j = 0; j < got.cols(); ++j)
      l(static_cast<double>(got(i, j)) - static_cast<double>(expected(i, j)));
  return l.value();
}

}  // namespace kd::test
