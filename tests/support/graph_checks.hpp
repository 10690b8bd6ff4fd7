// SPDX-License-Identifier: MIT
// What must hold of a graph before and after a pass: each result of one lies within the rounding
// errors of both. What was not finite is not finite afterwards, with the same sign if it was an
// infinity. Where nothing is known (bounded.hpp), as after an overflow, nothing is demanded, and
// how often is counted.
#pragma once
#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

#include <kd/graph/schedule_program.hpp>
#include "support/run_program.hpp"

namespace kd::test {

struct tally {
  long graphs = 0, too_large = 0;                            // of graphs: those that do not fit
  long numbers = 0, unknown = 0, not_finite = 0, loose = 0;  // compared; of these not known, not
      // finite, known to less than a third digit
  long slopes = 0, kinks = 0, vague = 0;  // central differences; no or little use
};

/// Results by name: the value, named terms, gradients along the axes in declared order.
template <class N>
using results = std::map<std::string, std::vector<N>>;

inline std::string name_of(const input_info& info) {
  return std::string(info.model) + " " + std::string(info.name);
}

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
    auto& gradient = all["gradient of " + name_of(info)];
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

/// The results of a program, as it leaves them in memory.
template <class N>
results<N> results_of(const program_run<N>& run, const graph& g) {
  results<N> all;
  all["value"] = {run.scalar(g.value)};
  for (int t = 0; t < g.terms; ++t)
    all["term " + std::to_string(t)] = {run.scalar(g.term[t].value)};
  for (int k = 0; k < g.inputs; ++k)
    if (g.gradient[k] >= 0) all["gradient of " + name_of(g.input[k])] = run.gradient(k);
  return all;
}

enum class verdict { same, differs, unknown, not_finite };

template <class N>
verdict compare(N before, N after) {
  using error = typename N::error_type;
  if (before.is_wild() || after.is_wild()) return verdict::unknown;
  if (!std::isfinite(before.v) && !std::isfinite(after.v))
    return std::isinf(before.v) && before.v != after.v ? verdict::differs : verdict::not_finite;
  if (!std::isfinite(before.v) || !std::isfinite(after.v)) return verdict::differs;
  const error tolerance = 2 * (before.e + after.e);
  const error distance = std::fabs(error(before.v) - error(after.v));
  return distance <= tolerance ? verdict::same : verdict::differs;
}

/// The first result that differs, as a sentence; empty if none does.
template <class N>
std::string difference(const results<N>& before, const results<N>& after, tally& t) {
  for (const auto& [name, expected] : before) {
    const auto found = after.find(name);
    if (found == after.end() || found->second.size() != expected.size())
      return name + " is not there";
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const N a = expected[i], b = found->second[i];
      const verdict v = compare(a, b);
      ++t.numbers;
      t.unknown += v == verdict::unknown, t.not_finite += v == verdict::not_finite;
      t.loose += v == verdict::same && a.v != 0 && a.e + b.e > std::fabs(a.v) / 1000;
      if (v != verdict::differs) continue;
      char text[200];
      std::snprintf(text, sizeof text, "%s [%zu]: %.17Lg (+- %.3Lg) became %.17Lg (+- %.3Lg)",
                    name.c_str(), i, static_cast<long double>(a.v), static_cast<long double>(a.e),
                    static_cast<long double>(b.v), static_cast<long double>(b.e));
      return text;
    }
  }
  return {};
}

/// Whether some log_sum_exp is a NaN: simplify says of its softmax that it sums to 1 all the same.
template <class N>
bool has_lost_softmax(const interpreter<N>& values) {
  const graph& g = values.of();
  for (int i = 0; i < g.size; ++i)
    if (g[i].code == op::log_sum_exp)
      for (const N& x : values[i])
        if (!std::isfinite(x.v)) return true;
  return false;
}

/// What is wrong with a pass: its name and a sentence. Nothing, if the name is empty.
struct failure {
  std::string pass, sentence;
  explicit operator bool() const { return !pass.empty(); }
};

/// Takes a differentiated graph through every pass and compares before and after.
template <class N>
failure check_passes(const graph& differentiated, const point& at, std::uint64_t seed, tally& t) {
  const graph simplified = simplify(differentiated), expanded = expand(simplified),
              split = split_reductions(expanded);
  const program p = schedule_program(partition(expanded));
  ++t.graphs;
  if (differentiated.full || p.g.full) return ++t.too_large, failure{};
  const interpreter<N> values(differentiated, at);
  const results<N> written = results_of(values),
                   simple = results_of(interpreter<N>(simplified, at)),
                   open = results_of(interpreter<N>(expanded, at));
  std::string s = difference(written, simple, t);
  if (!s.empty() && has_lost_softmax(values)) return ++t.unknown, failure{};
  if (!s.empty()) return {"simplify", s};
  if (s = difference(simple, open, t); !s.empty()) return {"expand", s};
  s = difference(open, results_of(interpreter<N>(split, at)), t);
  if (!s.empty()) return {"split_reductions", s};
  try {
    const program_run<N> run(p, at, seed);
    if (!run.mistake().empty()) return {"placement", run.mistake()};
    if (s = difference(open, results_of(run, p.g), t); !s.empty()) return {"program", s};
  } catch (const std::out_of_range& e) { return {"program", e.what()}; }
  return {};
}

}  // namespace kd::test
