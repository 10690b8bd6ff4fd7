// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>
#include <cstddef>
#include <span>

#include <kd/nn/elementwise.hpp>
#include <kd/nn/optimiser.hpp>

namespace kd::nn {

/// Shortens the gradients to the L2 norm max_norm if theirs is larger; returns the norm they had. A
/// norm that is not finite leaves them as they are: the caller decides what to do with the step.
/// Throws value_error if max_norm is negative or NaN.
template <class T>
double clip_by_norm(std::span<T> gradients, double max_norm) {
  detail::check_setting("clip_by_norm's max_norm", max_norm, max_norm >= 0, "at least 0");
  // One chain of additions would wait for each; the order is fixed all the same.
  constexpr std::size_t parts = 16;
  double sums[parts]{};
  const std::size_t whole = gradients.size() / parts * parts;
  for (std::size_t i = 0; i < whole; i += parts)
    for (std::size_t j = 0; j < parts; ++j) {
      const double g = static_cast<double>(gradients[i + j]);
      sums[j] += g * g;
    }
  for (std::size_t i = whole; i < gradients.size(); ++i)
    sums[i - whole] += static_cast<double>(gradients[i]) * static_cast<double>(gradients[i]);
  double sum = 0;
  for (double part : sums) sum += part;

  const double norm = std::sqrt(sum);
  if (norm > max_norm && std::isfinite(norm)) {
    const T scale = static_cast<T>(max_norm / norm);
    T* g = gradients.data();
    detail::for_each_block(gradients.size(), [=](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) g[i] *= scale;
    });
  }
  return norm;
}

}  // namespace kd::nn
