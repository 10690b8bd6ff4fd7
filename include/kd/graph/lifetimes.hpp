// SPDX-License-Identifier: MIT
// Lifetimes: a tensor that stages hand on lives from the stage that writes it to the last that
// reads it. Where it lies is decided when extents are known (placement.hpp).
#pragma once
#include <kd/graph/program.hpp>

namespace kd::detail {

/// Fills the list of kept tensors of a program whose stages are in order.
constexpr void find_lifetimes(program& p) {
  for (int s = 0; s < p.stages; ++s)
    for (int k = 0; k < p.stage[s].buffers; ++k) {
      const memory& m = p.buffer[p.stage[s].buffer[k]];
      if (m.kind != memory::kept) continue;
      int at = 0;
      while (at < p.kept && p.lifetime[at].node != m.number) ++at;
      if (at == p.kept) p.lifetime[p.kept++] = {m.number, s, s};
      p.lifetime[at].last = s;
    }
}

}  // namespace kd::detail
