// SPDX-License-Identifier: MIT
// Objectives written as small graphs: their stages, and whether every pass and the program keep
// their value.
#pragma once
#include <kd/graph/differentiate.hpp>
#include "support/graph_checks.hpp"
#include "support/graphs.hpp"

namespace kd::test {

/// Small numbers for every input and slot; labels name classes.
inline point small_numbers(const graph& g) {
  point at;
  for (int axis = 0; axis < g.axes; ++axis) at.extent[axis] = 3;
  for (int k = 0; k < g.slots; ++k) at.slot[k] = 0.5 + k;
  for (int i = 0; i < g.size; ++i)
    if (g[i].code == op::input)
      for (std::int64_t p = 0; p < at.positions(g[i].axes); ++p)
        at.input[g[i].payload].push_back(
            g.input[g[i].payload].role == kd::role::labels ? p % 3 : 0.25L * (p % 5) - 0.5L);
  return at;
}
/// The stages of an objective and its gradients.
inline partitioned stages_of(small_graph& s, term objective) {
  s.objective(objective);
  differentiate(s.g);
  return partition(expand(simplify(s.g)));
}

/// What is wrong with the program of an objective; nothing, if all is well.
inline std::string wrong(small_graph& s, term objective) {
  s.objective(objective);
  differentiate(s.g);
  tally t;
  const failure f = check_passes<bounded<double>>(s.g, small_numbers(s.g), 1, t);
  return t.too_large > 0 ? "too large" : f.pass + f.sentence;
}

}  // namespace kd::test
