// SPDX-License-Identifier: MIT
// Lifetimes: a tensor that stages hand on lives from the stage that writes it to the last that
// reads it. Where it lies is decided when extents are known (placement.hpp).
#pragma once
#include <kd/graph/program.hpp>

namespace kd::detail {

/// Fills the list of kept tensors of a program whose stages are in order.
constexpr void find_lifetimes(program& p) {
  for (int k = 0; k < p.kept; ++k) p.lifetime[k].first = -1;
  for (int s = 0; s < p.stages; ++s)
    for (int k = 0; k < p.stage[s].buffers; ++k) {
      const memory& m = p.buffer[p.stage[s].buffer[k]];
      if (m.kind != memory::kept) continue;
      lifetime_of_tensor& l = p.lifetime[m.number];
      if (l.first < 0) l.first = s;
      l.last = s;
    }
}

}  // namespace kd::detail
