// SPDX-License-Identifier: MIT
// Placement: where the tensors that stages hand on lie in the workspace, once sizes are known.
// Those that are never alive at the same time share memory.
#pragma once
#include <kd/graph/tables.hpp>

namespace kd::detail {

/// The bytes that a tensor takes in the workspace: whole cache lines.
constexpr std::size_t rounded_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

/// The place of each kept tensor of a program, by its number in the list.
struct placement {
  std::size_t bytes = 0;            // of all
  std::size_t offset[max_buffers];  // unset beyond those kept: a short call feels every byte
};

/// Places tensors of these sizes: the largest first, each as low as others alive with it let it.
constexpr placement place(const program_table& p, const std::size_t (&size)[max_buffers]) {
  placement found;
  int order[max_buffers];
  for (int placed = 0; placed < p.kept; ++placed) {  // by size, equal ones in their order
    int at = placed;
    for (; at > 0 && size[order[at - 1]] < size[placed]; --at) order[at] = order[at - 1];
    order[at] = placed;
  }
  for (int k = 0; k < p.kept; ++k) {
    const int tensor = order[k];
    std::size_t& begin = found.offset[tensor] = 0;
    for (int other = 0; other < k;) {
      const std::size_t other_begin = found.offset[order[other]],
                        other_end = other_begin + size[order[other]];
      const bool collides = alive_together(p.lifetime[tensor], p.lifetime[order[other]]) &&
                            begin < other_end && other_begin < begin + size[tensor];
      if (collides) begin = other_end;
      other = collides ? 0 : other + 1;  // it may now lie where an earlier one does
    }
    if (begin + size[tensor] > found.bytes) found.bytes = begin + size[tensor];
  }
  return found;
}

}  // namespace kd::detail
