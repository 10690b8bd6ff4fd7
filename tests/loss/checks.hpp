// SPDX-License-Identifier: MIT
// The checks that every loss passes, on every backend and scalar type: its gradient against central differences, laws,
// and backends that agree. Golden values are checked by kd_golden.
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

inline constexpr double tolerance_of(float) { return 2e-5; }
inline constexpr double tolerance_of(double) { return 1e-11; }

/// A loss over logits: objective(data) with bindings, called as evaluate(objective, backend, at...).
template <class T, class Objective, class B>
auto run(const Objective& objective, B backend, const logits<T>& d) {
  constexpr auto& g = detail::compiled<detail::tag_of<Objective>>::lowered.g;
  constexpr bool reads_teacher = detail::find_input<std::remove_cvref_t<decltype(zt)>>(g) >= 0;
  constexpr bool reads_labels = detail::find_input<std::remove_cvref_t<decltype(y)>>(g) >= 0;
  if constexpr (reads_teacher && reads_labels)
    return evaluate(objective, backend, zs = d.s, zt = d.t, y = d.labels);
  else if constexpr (reads_teacher) return evaluate(objective, backend, zs = d.s, zt = d.t);
  else return evaluate(objective, backend, zs = d.s, y = d.labels);
}

/// Gradient against central differences, on sizes around the widths of registers.
template <class Objective>
void check_gradient(const Objective& objective, double tolerance = 1e-7) {
  for (const auto& [rows, columns] : {std::pair{3, 5}, {4, 16}, {2, 19}}) {
    const logits<double> d = random_logits<double>(rows, columns);
    for_each_backend([&](auto backend) {
      const auto result = run(objective, backend, d);
      const auto value = [&](const matrix<double>& s) {
        return run(objective, backend, logits<double>{s, d.t, d.labels}).value();
      };
      const matrix<double> gradient = gradient_matrix(result, zs);
      CHECK(gradient_error(d.s, gradient, value) <= tolerance);
      CHECK(gradient_error(d.s, matrix<double>(-gradient), value) > 0.1);  // the check can fail
    });
  }
}

/// All backends give the reference's value and gradient, for one row, one class, and sizes around register widths.
template <class T, class Objective>
void check_backends(const Objective& objective) {
  for (const auto& [rows, columns] :
       {std::pair{1, 2}, {5, 1}, {3, 7}, {2, 16}, {2, 17}, {70, 33}, {3, 300}}) {
    const logits<T> d = random_logits<T>(rows, columns);
    const auto expected = run(objective, kd::reference, d);
    const auto got = run(objective, kd::eigen, d);
    const double tolerance = tolerance_of(T{});
    CHECK(close(got.value(), expected.value(), tolerance));
    const matrix<T> g = gradient_matrix(got, zs), wanted = gradient_matrix(expected, zs);
    // One class has no gradient but that of rounding; its terms are of size 1 / batch.
    CHECK(largest_difference(g, wanted) <= tolerance * std::max(1e-2, largest_of(wanted)));
  }
}

/// Adding a constant to every logit of a row changes nothing.
template <class Objective>
void check_shift_invariance(const Objective& objective) {
  const logits<double> d = random_logits<double>(4, 9);
  logits<double> shifted = d;
  shifted.s.array().rowwise() += matrix<double>::Constant(1, 9, 3.5).array().row(0);
  shifted.t.array() -= 1.25;
  CHECK(close(run(objective, kd::eigen, shifted).value(), run(objective, kd::eigen, d).value(),
              1e-12));
  const auto result = run(objective, kd::eigen, d);
  const auto gradient = result.gradient(zs);
  CHECK(largest_of(gradient.rowwise().sum().eval()) <= 1e-14);
}

/// Zero value and gradient where the student equals the teacher, to the bit.
template <class T, class Objective>
void check_zero_at_teacher(const Objective& objective) {
  logits<T> d = random_logits<T>(6, 21, 5);
  d.t = d.s;
  const auto result = run(objective, kd::eigen, d);
  CHECK(result.value() == 0);
  CHECK(largest_of(result.gradient(zs)) <= 1e-7);
}

/// The mean over the batch: a batch twice over has the same value.
template <class Objective>
void check_batch_mean(const Objective& objective) {
  const logits<double> d = random_logits<double>(3, 6);
  logits<double> twice{matrix<double>(6, 6), matrix<double>(6, 6), d.labels};
  twice.s << d.s, d.s;
  twice.t << d.t, d.t;
  twice.labels.insert(twice.labels.end(), d.labels.begin(), d.labels.end());
  CHECK(
      close(run(objective, kd::eigen, twice).value(), run(objective, kd::eigen, d).value(), 1e-13));
}

}  // namespace kd::test
