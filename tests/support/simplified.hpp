// SPDX-License-Identifier: MIT
// Graphs before and after simplification, a line per node.
#pragma once
#include <string>
#include <vector>

#include <kd/graph/simplify.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

namespace kd::test {

using lines = std::vector<std::string>;

/// Builds a value and compares its graph, a line per node, with `before`, and what it is simplified
/// to with `after`.
template <class Build>
void becomes(const lines& before, const lines& after, Build build) {
  small_graph s;
  s.objective(build(s));
  CHECK(lines_of(s.g) == before);
  CHECK(lines_of(simplify(s.g)) == after);
}
/// Builds a value that is simple already.
template <class Build>
void stays(const lines& both, Build build) {
  becomes(both, both, build);
}
inline const std::string z = "%0 = student z";

}  // namespace kd::test
