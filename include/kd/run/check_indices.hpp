// SPDX-License-Identifier: MIT
// Labels and positions are compared exactly or not at all: in float, an index has 32 bits.
#pragma once
#include <utility>

#include <kd/graph/indices.hpp>
#include <kd/run/index.hpp>
#include <kd/run/prepare.hpp>

namespace kd::detail {

/// Refuses an axis with more positions than an index of the kernel counts.
template <class T>
void check_positions(const call& c, const graph_table& g, axis_set over) {
  constexpr std::int64_t most = std::numeric_limits<index_of<T>>::max();
  const int axis = axis_of(over);
  if (c.extent[axis] <= most) return;
  refuse<shape_error>(
      {"axis '", g.axis_name[axis], "' has ", c.extent[axis],
       " positions, and a program in float compares labels and positions of at most ", most,
       "; compute in double"});
}

/// Refuses a label whose comparison would come out wrong: with an ignored label, or with others if
/// `ignored` is null.
template <class T>
void check_label_range(const call& c, const graph_table& g, int node, const std::int64_t* ignored) {
  using index = index_of<T>;
  while (g[node].code == op::rename) node = g[node].operand[0];
  const memory_view& view = c.input[g[node].payload];
  const bool always_fits = visit_integer(view.type, view.data, [](const auto* data) {
    using label = std::remove_cvref_t<decltype(*data)>;
    return std::cmp_less_equal(std::numeric_limits<label>::max(),
                               std::numeric_limits<index>::max());
  });
  if (always_fits && (ignored == nullptr || to_index<index>(*ignored) == *ignored)) return;
  const odometer positions(c, g[node].axes);
  const std::int64_t n = c.positions(g[node].axes);
  for (std::int64_t at = 0; at < n; ++at) {
    const std::int64_t label = label_at(view, positions.offset(at, view.stride));
    const bool same_index =
        to_index<index>(label) == (ignored == nullptr ? label : to_index<index>(*ignored));
    if (same_index == (ignored == nullptr || label == *ignored)) continue;
    refuse<value_error>({title(g.input[g[node].payload]), " holds ", label, " at position ", at,
                         ", and a program in float compares labels of 32 bits; compute in double"});
  }
}

/// Throws value_error or shape_error if labels or positions of a program's graph cannot be compared
/// exactly in the kernel's type.
template <class T>
void check_indices(const call& c, const graph_table& g) {
  for (int i = 0; i < g.size; ++i) {
    if (!compares_indices(g, i)) continue;
    const node& n = g[i];
    if (n.code == op::one_hot) {
      check_positions<T>(c, g, n.over);
      continue;
    }
    const bool with_ignored = n.code == op::is_label;
    const std::int64_t ignored =
        with_ignored ? to_index<std::int64_t>(ignored_label(c, g, n.operand[1])) : 0;
    const bool among_labels =
        !with_ignored && is_labels(g, n.operand[0]) && is_labels(g, n.operand[1]);
    for (int k = 0; k < (with_ignored ? 1 : 2); ++k) {
      const node& operand = g[n.operand[k]];
      if (operand.code == op::position) check_positions<T>(c, g, operand.over);
      else if (sizeof(T) == 4 && (with_ignored || among_labels))
        check_label_range<T>(c, g, n.operand[k], with_ignored ? &ignored : nullptr);
    }
  }
}

}  // namespace kd::detail
