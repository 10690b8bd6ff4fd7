// SPDX-License-Identifier: MIT
// A stage of a plan, and its phases: a reduction along the row ends a phase, and what uses its
// result comes after it.
// A phase is one sweep over the row while the row is in cache (or on chip).
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

enum class stage_kind : std::uint8_t { scalars, map_reduce, row_kernel, contract };

/// What a stage holds; one that would exceed it is made of several (partition.hpp).
inline constexpr int max_phases = 16, max_row_buffers = 64, max_totals = 64;

struct stage {
  stage_kind kind = stage_kind::scalars;
  axis_set outer = 0, inner = 0;
  int result = -1;              // of a contraction: its node
  int first = 0, size = 0;      // its entries among those of the partition
  bool gradient[max_inputs]{};  // inputs whose gradients are written here
};

/// A node of a stage: computed here, or, if nothing computed it before, kept: a reduction, a total,
/// what is stored.
struct stage_node {
  std::int16_t node = -1;
  bool member = false, produced = false;
};

/// Numbers of nodes, in order.
struct node_list {
  const std::int16_t *first, *last;
  constexpr const std::int16_t* begin() const { return first; }
  constexpr const std::int16_t* end() const { return last; }
};

/// The nodes of one stage, to look up.
struct stage_nodes {
  const stage_node* first = nullptr;
  int size = 0;
  bool member[max_nodes]{}, produced[max_nodes]{};

  constexpr stage_nodes(const stage_node* nodes, int count) : first(nodes), size(count) {
    for (int k = 0; k < count; ++k) {
      if (nodes[k].member) member[nodes[k].node] = true;
      if (nodes[k].produced) produced[nodes[k].node] = true;
    }
  }
  constexpr const stage_node* begin() const { return first; }
  constexpr const stage_node* end() const { return first + size; }
};

/// Whether a reduction sums row values over all rows of the stage.
constexpr bool is_total(const graph& g, const stage& s, int i) {
  const node& n = g[i];
  return n.code == op::sum && s.outer != 0 && n.over == s.outer && g[n.operand[0]].axes == s.outer;
}

/// Whether the stage can leave a member in memory or as a scalar, each number once.
constexpr bool gives(const graph& g, const stage& s, int i) {
  const axis_set axes = g[i].axes;
  return axes == s.outer ||
         (is_reduction(g[i].code) ? is_total(g, s, i) : axes == (s.outer | s.inner));
}

/// Whether a value varies along the row.
constexpr bool is_wide(const graph& g, const stage& s, int i) {
  return overlap(g[i].axes, s.inner);
}

struct stage_phases {
  int count = 0;  // sweeps over the row
  // Of wide values and reductions: the sweep that computes them; of row values: the first that may
  // read them.
  int of[max_nodes]{};
  int stored[max_nodes]{};  // the sweep that writes a value along the row to memory
};

constexpr stage_phases phases_of(const graph& g, const stage& s, const stage_nodes& nodes) {
  stage_phases p;
  for (const stage_node& here : nodes) {
    const int i = here.node;
    if (!here.member) {
      if (here.produced && s.inner != 0 && p.count == 0)
        p.count = 1;  // copies a value that is in memory
      continue;
    }
    const node& n = g[i];
    int phase = 0;
    for (int operand : n.operand)
      if (operand >= 0 && nodes.member[operand]) {
        const bool reduced = is_reduction(g[operand].code) && !is_total(g, s, operand);
        const int ready = p.of[operand] + (reduced ? 1 : 0);
        phase = ready > phase ? ready : phase;
      }
    p.of[i] = p.stored[i] = phase;
    if (is_reduction(n.code) && !is_total(g, s, i))
      for (int k = 0; k < g.inputs; ++k)
        if (s.gradient[k] && g.gradient[k] == i) p.stored[i] = phase + 1;
    const bool sweeps = is_wide(g, s, i) || (is_reduction(n.code) && !is_total(g, s, i)) ||
                        (here.produced && s.inner != 0 && !is_reduction(n.code));
    if (sweeps && p.stored[i] + 1 > p.count) p.count = p.stored[i] + 1;
  }
  return p;
}

}  // namespace kd::detail
