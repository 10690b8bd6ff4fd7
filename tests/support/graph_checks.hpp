// SPDX-License-Identifier: MIT
// What must hold of a graph before and after a pass: each result of one lies within the rounding
// errors of both. Where the graph as it stood is not finite, or nothing is known of its value
// (bounded.hpp), nothing is demanded of the other; both are counted.
#pragma once
#include <algorithm>
#include <map>
#include <string>

#include "support/interpret.hpp"

namespace kd::test {

struct tally {
  long graphs = 0, too_large = 0;                    // of graphs: those that do not fit
  long numbers = 0, unknown = 0, not_finite = 0;     // compared; of these not known, not finite
  long slopes = 0, kinks = 0, vague = 0;             // central differences; no or little use
};

/// Results by name: the value, named terms, gradients along the axes in declared order.
template <class N>
using results = std::map<std::string, std::vector<N>>;

template <class N>
results<N> results_of(const interpreter<N>& values) {
  const graph& g = values.of();
  const point& at = values.at();
  results<N> all;
  all["value"] = values[g.value];
  for (int t = 0; t < g.terms; ++t) all["term " + std::to_string(t)] = values[g.term[t].value];
  for (int k = 0; k < g.inputs; ++k) {
    if (g.gradient[k] < 0) continue;
    const input_info& info = g.input[k];
    auto& gradient = all["gradient of " + std::string(info.model) + " " + std::string(info.name)];
    const strides s(at, g[g.gradient[k]].axes);
    const auto walk = [&](auto& self, int depth, std::int64_t offset) -> void {
      if (depth == info.rank)
        return gradient.push_back(values[g.gradient[k]][static_cast<std::size_t>(offset)]);
      for (std::int64_t i = 0; i < at.extent[info.axis[depth]]; ++i)
        self(self, depth + 1, offset + i * s.along[info.axis[depth]]);
    };
    walk(walk, 0, 0);
  }
  return all;
}

enum class verdict { same, differs, unknown, not_finite };

template <class N>
verdict compare(N before, N after) {
  using error = typename N::error_type;
  if (before.is_wild() || after.is_wild()) return verdict::unknown;
  if (!std::isfinite(before.v)) return std::isfinite(after.v) ? verdict::differs : verdict::not_finite;
  if (!std::isfinite(after.v)) return verdict::differs;
  const error tolerance = 2 * (before.e + after.e);
  const error distance = std::fabs(error(before.v) - error(after.v));
  return distance <= tolerance ? verdict::same : verdict::differs;
}

/// The first result that differs, as a sentence; empty if none does.
template <class N>
std::string difference(const results<N>& before, const results<N>& after, tally& t) {
  for (const auto& [name, expected] : before) {
    const auto found = after.find(name);
    if (found == after.end() || found->second.size() != expected.size()) return name + " is not there";
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const N a = expected[i], b = found->second[i];
      const verdict v = compare(a, b);
      ++t.numbers;
      t.unknown += v == verdict::unknown, t.not_finite += v == verdict::not_finite;
      if (v != verdict::differs) continue;
      char text[200];
      std::snprintf(text, sizeof text, "%s [%zu]: %.17Lg (+- %.3Lg) became %.17Lg (+- %.3Lg)", name.c_str(), i,
                    static_cast<long double>(a.v), static_cast<long double>(a.e),
                    static_cast<long double>(b.v), static_cast<long double>(b.e));
      return text;
    }
  }
  return {};
}

}  // namespace kd::test
