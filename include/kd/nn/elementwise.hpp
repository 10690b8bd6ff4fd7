// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

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

}  // namespace kd::nn::detail
