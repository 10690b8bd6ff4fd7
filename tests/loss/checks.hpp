// SPDX-License-Identifier: MIT
// What tests of losses are written with: inputs, random data, calls on every backend, central differences.
// The checks that every label loss passes are in table.hpp.
#pragma once
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

namespace kd::test {

using namespace kd::axes;

inline constexpr auto zs = student<"logits", batch, classes>;
inline constexpr auto zt = teacher<"logits", batch, classes>;
inline constexpr auto y = labels<"y", batch>;

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Normal numbers from a fixed seed.
template <class T>
matrix<T> random_matrix(int rows, int columns, double scale, unsigned seed) {
  std::mt19937_64 generator(seed);
  matrix<T> m(rows, columns);
  // Sums of twelve uniforms: the same bits on every machine.
  for (Eigen::Index i = 0; i < m.size(); ++i) {
    double sum = -6;
    for (int k = 0; k < 12; ++k) sum += static_cast<double>(generator() >> 11) * 0x1p-53;
    m.data()[i] = static_cast<T>(scale * sum);
  }
  return m;
}

/// |a - b| <= tolerance * max(1, |b|), false for NaN and infinities.
inline bool close(double a, double b, double tolerance) {
  return std::isfinite(a) && std::isfinite(b) &&
         std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
}

/// The largest difference between a gradient and central differences of value(x), relative to the largest element;
/// infinite if anything is not finite.
/// Formulas that are not smooth at x are not the business of this check.
template <class Value, class Gradient>
double gradient_error(matrix<double> x, const Gradient& gradient, Value value, double step = 1e-5) {
  largest error, size;
  size(1e-300);
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const double at = x.data()[i];
    x.data()[i] = at + step;
    const double up = value(x);
    x.data()[i] = at - step;
    const double down = value(x);
    x.data()[i] = at;
    const Eigen::Index row = i / x.cols(), column = i % x.cols();
    error((up - down) / (2 * step) - gradient(row, column));
    size(gradient(row, column));
  }
  return std::isfinite(error.value()) ? error.value() / size.value() : error.value();
}

/// What a loss is called with; `weights` are integers below the number of classes.
template <class T>
struct logits {
  matrix<T> s, t;
  std::vector<int> labels;
};
template <class T>
logits<T> random_logits(int rows, int columns, double scale = 2, unsigned seed = 1) {
  logits<T> d{random_matrix<T>(rows, columns, scale, seed),
              random_matrix<T>(rows, columns, scale, seed + 1),
              {}};
  for (int i = 0; i < rows; ++i) d.labels.push_back((7 * i + 3) % columns);
  return d;
}

/// A gradient of two axes as a matrix, whatever the backend gives.
template <class Result, class Input>
auto gradient_matrix(const Result& result, const Input& input) {
  const auto g = result.gradient(input);
  if constexpr (requires { g.extents; }) {
    using scalar = std::remove_cvref_t<decltype(*g.data)>;
    return matrix<scalar>(Eigen::Map<const matrix<scalar>>(g.data, g.extents[0], g.extents[1]));
  } else {
    return matrix<std::remove_cvref_t<decltype(g(0, 0))>>(g.matrix());
  }
}

/// Calls run(backend) for every backend of this build.
template <class Run>
void for_each_backend(Run run) {
  run(kd::reference);
  run(kd::eigen);
}

/// Evaluates an objective on as many of these tensors as it reads; more: a gradient's destination.
template <class Objective, class B, class Logits, class... More>
auto run(const Objective& objective, B backend, const Logits& d, More&&... more) {
  constexpr auto& g = detail::compiled<detail::tag_of<Objective>>::lowered.g;
  constexpr bool reads_teacher = detail::find_input<std::remove_cvref_t<decltype(zt)>>(g) >= 0;
  constexpr bool reads_labels = detail::find_input<std::remove_cvref_t<decltype(y)>>(g) >= 0;
  if constexpr (reads_teacher && reads_labels)
    return evaluate(objective, backend, zs = d.s, zt = d.t, y = d.labels, more...);
  else if constexpr (reads_teacher)
    return evaluate(objective, backend, zs = d.s, zt = d.t, more...);
  else return evaluate(objective, backend, zs = d.s, y = d.labels, more...);
}

}  // namespace kd::test
