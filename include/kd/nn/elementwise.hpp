// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/error.hpp>
#include <kd/run/parallel.hpp>

namespace kd::nn::detail {

/// Calls body(first, last) for blocks that cover [0, count).
template <class Body>
void for_each_block(std::size_t count, const Body& body) {
  constexpr std::size_t block = 16384;
  kd::detail::parallel_for(static_cast<std::int64_t>((count + block - 1) / block),
                           [&](std::int64_t i) {
                             const std::size_t first = static_cast<std::size_t>(i) * block;
                             body(first, std::min(first + block, count));
                           });
}

/// Checks the counts that an optimiser was given, and makes its state at the first step.
template <class T>
void check_step(std::size_t parameters, std::size_t gradients, std::vector<T>& state) {
  if (parameters != gradients)
    throw shape_error("kd: an optimiser needs as many gradients as parameters; it got " +
                      std::to_string(gradients) + " for " + std::to_string(parameters));
  if (state.empty()) state.assign(parameters, T(0));
  if (state.size() != parameters)
    throw shape_error("kd: an optimiser belongs to one model; it has " +
                      std::to_string(state.size()) + " parameters and was given " +
                      std::to_string(parameters));
}

}  // namespace kd::nn::detail
