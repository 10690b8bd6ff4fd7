// SPDX-License-Identifier: MIT
// Numbers to test with: random, and away from the kinks of relu and max_pool.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <kd/nn/random.hpp>

namespace numbers {

/// `count` different numbers in -1 .. 1, at least 1/count from zero and from each other, shuffled.
template <class T = double>
std::vector<T> distinct(std::size_t count, std::uint64_t seed) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<T>((2.0 * static_cast<double>(i) + 1.0) / static_cast<double>(count) -
                               1.0 + (count % 2 == 1 ? 1.0 / static_cast<double>(count) : 0.0));
  for (std::size_t i = count; i > 1; --i)
    std::swap(values[i - 1], values[kd::nn::random_bits(seed, 7, i) % i]);
  return values;
}

/// Whether two numbers differ by at most `relative` times the second.
inline bool near(double found, double expected, double relative) {
  return std::abs(found - expected) <= relative * std::abs(expected);
}

}  // namespace numbers
