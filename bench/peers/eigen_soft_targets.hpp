// SPDX-License-Identifier: MIT
// Hinton's objective as one would write it with Eigen arrays: a pass over memory per operation.
#pragma once
#include <vector>

#include <Eigen/Core>

namespace kd::bench {

template <class T>
using array = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T>
array<T> log_softmax(const array<T>& z) {
  const array<T> shifted = z.colwise() - z.rowwise().maxCoeff();
  return shifted.colwise() - shifted.exp().rowwise().sum().log();
}

/// The value; writes the gradient.
template <class T, class Matrix>
T eigen_soft_targets(const Matrix& S, const Matrix& Z, const std::vector<int>& labels,
                     T temperature, T alpha, Matrix& gradient) {
  const T rows = static_cast<T>(S.rows());
  const array<T> log_s = log_softmax<T>(S.array() / temperature),
                 log_t = log_softmax<T>(Z.array() / temperature);
  const array<T> log_p = log_softmax<T>(S.array()), p_t = log_t.exp();
  T value = alpha * temperature * temperature * (p_t * (log_t - log_s)).sum();
  gradient =
      ((alpha * temperature * (log_s.exp() - p_t) + (1 - alpha) * log_p.exp()) / rows).matrix();
  for (std::size_t b = 0; b < labels.size(); ++b) {
    value -= (1 - alpha) * log_p(static_cast<Eigen::Index>(b), labels[b]);
    gradient(static_cast<Eigen::Index>(b), labels[b]) -= (1 - alpha) / rows;
  }
  return value / rows;
}

}  // namespace kd::bench
