// SPDX-License-Identifier: MIT
// Partition: groups the nodes of an expanded graph into stages, which run one after another.
//   A stage walks over rows: one row for every position of its outer axes, along its inner axes.
//   Everything whose axes lie in outer and inner, whose reductions are over all inner axes, and
//   that depends on finished stages only, joins.
//   Sums of row values over all rows ("totals") leave the stage as scalars. A contraction is a
//   stage of its own.
// Stages communicate through memory: reductions, contractions and gradients are kept; other values
// are recomputed.
#pragma once
#include <kd/graph/by_labels.hpp>
#include <kd/graph/expand.hpp>
#include <kd/graph/stage.hpp>

namespace kd::detail {

inline constexpr int max_stages = 24;

struct partitioned {
  graph g;
  int size = 0;
  stage stages[max_stages]{};
  bool stored[max_nodes]{};  // nodes kept in memory for a later stage or as a result
  bool complete = false;     // false if the objective needs more than kd can partition
};

/// Sums over everything become sums of row sums, so that they can join the row kernel of their
/// operand.
constexpr graph split_reductions(const graph& g) {
  return rebuild(g, [&](graph& out, const node& n, int) {
    if (n.code != op::sum && n.code != op::max && n.code != op::largest) {
      node copy = n;
      return make(out, copy);
    }
    const term x{&out, n.operand[0]};
    if (n.over != x.axes() || count(n.over) < 2) return make(out, n);
    axis_set inner = 0;
    for (int i = 0; i < g.size; ++i)  // the axes over which others reduce the same space, if any
      if (is_reduction(g[i].code) && g[g[i].operand[0]].axes == x.axes() && g[i].over != n.over)
        inner = g[i].over;
    for (int axis = 0; inner == 0 && axis < max_axes; ++axis)
      if (single(axis) > (x.axes() & ~single(axis))) inner = x.axes() & single(axis);
    return reduce(n.code, reduce(n.code, x, inner), n.over & ~inner);
  });
}

class partitioner {
 public:
  constexpr explicit partitioner(const graph& source) {
    p_.g = split_reductions(source);
    if (p_.g.full) return;
    for (int i = 0; i < p_.g.size; ++i) {
      const node& n = p_.g[i];
      available_[i] = is_given(n.code);
      space_[i] = n.axes;
      kept_[i] = is_reduction(n.code) || is_contraction(p_.g, n);
      for (int k : {0, 1, 2})
        if (reads_from_memory(p_.g, n, k)) keep(n.operand[k]);
    }
    keep(p_.g.value);
    for (int i = 0; i < p_.g.terms; ++i) keep(p_.g.term[i].value);
    for (int i = 0; i < p_.g.inputs; ++i)
      if (p_.g.gradient[i] >= 0) keep_gradient(i);
  }

  constexpr partitioned run() {
    if (p_.g.full) return p_;
    while (p_.size < max_stages) {
      const int root = next_root();
      if (root < 0) break;
      stage& s = p_.stages[p_.size];
      open(s, root);
      absorb(s);
      if (!s.member[root] && !in_memory(root)) {
        if (!keep_blocked(root)) return p_;
        s = stage{};
        continue;
      }
      prune(s);
      ++p_.size;
    }
    p_.complete = next_root() < 0;
    mark_stored();
    return p_;
  }

 private:
  partitioned p_;
  bool available_[max_nodes]{};  // in memory, or a leaf
  bool kept_[max_nodes]{};       // must be computed by some stage: "root"
  axis_set space_
      [max_nodes]{};  // axes along which the node is stored; a gradient has all axes of its input
  bool gradient_done_[max_inputs]{};

  constexpr const graph& g() const { return p_.g; }
  constexpr void keep(int i) {
    if (!is_given(g()[i].code) && g()[i].code != op::rename) kept_[i] = true;
    if (g()[i].code == op::rename) keep(g()[i].operand[0]);
  }
  constexpr axis_set axes_of_input(int i) const {
    axis_set all = 0;
    for (int k = 0; k < g().input[i].rank; ++k) all |= single(g().input[i].axis[k]);
    return all;
  }
  constexpr void keep_gradient(int i) { space_[g().gradient[i]] |= axes_of_input(i); }

  /// Whether the node is in memory: available, or a view of something available.
  constexpr bool in_memory(int i) const {
    return g()[i].code == op::rename ? in_memory(g()[i].operand[0]) : available_[i];
  }

  /// Whether everything that the node is computed from is in memory or elementwise from there.
  constexpr bool reachable(int i) const {
    for (int operand : g()[i].operand)
      if (operand >= 0 && !in_memory(operand) && (kept_[operand] || !reachable(operand)))
        return false;
    return true;
  }

  constexpr bool is_gradient_left(int i) const {
    for (int k = 0; k < g().inputs; ++k)
      if (g().gradient[k] == i && !gradient_done_[k]) return true;
    return false;
  }

  /// The next value to compute: contractions first, then reductions (of few axes first), then what
  /// is only stored.
  constexpr int next_root() const {
    int best = -1, best_rank = 1000;
    for (int i = 0; i < g().size; ++i) {
      const bool gradient = is_gradient_left(i);
      if (((!kept_[i] || available_[i]) && !gradient) || (!available_[i] && !reachable(i)))
        continue;
      const op code = g()[i].code;
      const bool computed = !available_[i];
      const int rank = computed && is_contraction(g(), g()[i]) ? 0
                       : computed && is_reduction(code) ? 1 + count(g()[g()[i].operand[0]].axes)
                                                        : 100 - (space_[i] == 0 ? 50 : 0);
      if (rank < best_rank) best = i, best_rank = rank;
    }
    return best;
  }

  constexpr void open(stage& s, int root) {
    const node& n = g()[root];
    if (is_contraction(g(), n) && !available_[root]) {
      s.kind = stage_kind::contract;
      s.result = root;
      s.outer = n.axes, s.inner = n.over;
      s.produced[root] = available_[root] = true;
    } else if (is_reduction(n.code) && !available_[root]) {
      s.inner = n.over;
      s.outer = n.axes;
    } else {
      axis_set last = 0;
      axis_set choice = space_[root];
      if (const axis_set own = n.code == op::pick ? own_axes(g(), n) : 0; own != 0) choice = own;
      for (int axis = 0; axis < max_axes; ++axis)
        if (contains(choice, single(axis))) last = single(axis);
      if (n.code == op::one_hot && !available_[root]) last = n.over;
      const bool scatters = n.code == op::scatter && !available_[root];
      if (scatters) last = single(n.payload);
      for (int k = 0; k < g().inputs && !scatters;
           ++k)  // a gradient is written along its input's last axis
        if (g().gradient[k] == root && g().input[k].rank > 0)
          last = single(g().input[k].axis[g().input[k].rank - 1]);
      s.inner = last;
      s.outer = space_[root] & ~last;
    }
  }

  constexpr bool joins(const stage& s, int i) const {
    const node& n = g()[i];
    if (is_given(n.code) || is_contraction(g(), n) || n.code == op::rename || available_[i])
      return false;
    for (int operand : n.operand)
      if (operand >= 0 && !in_memory(operand) && (!s.member[operand] || is_total(g(), s, operand)))
        return false;
    if (is_by_labels(n.code)) return in_memory(n.operand[0]) && is_row_by_labels(s, n);
    if (needs_position(n.code) && overlap(n.over, s.inner) && n.over != s.inner)
      return false;  // positions along rows of several axes are not positions along one
    if (!is_reduction(n.code)) return contains(s.outer | s.inner, n.axes);
    const axis_set x = g()[n.operand[0]].axes;
    return (s.inner != 0 && n.over == s.inner && contains(x, s.inner) &&
            contains(s.outer | s.inner, x)) ||
           is_total(g(), s, i);
  }

  constexpr void absorb(stage& s) {
    if (s.kind == stage_kind::contract) return;
    for (int i = 0; i < g().size; ++i) s.member[i] = joins(s, i);
  }

  /// Keeps what contributes to a value that a stage must produce, and says that it is available
  /// now.
  constexpr void prune(stage& s) {
    if (s.kind == stage_kind::contract) return;
    bool used[max_nodes]{};
    for (int i = g().size - 1; i >= 0; --i) {
      const bool here = s.member[i] && kept_[i] && (is_reduction(g()[i].code) || stores(s, i));
      s.produced[i] = here;
      for (int k = 0; k < g().inputs; ++k)
        if (g().gradient[k] == i && !gradient_done_[k] && (s.member[i] || in_memory(i)) &&
            axes_of_input(k) == (s.outer | s.inner) && !adds_elsewhere(s, k)) {
          gradient_done_[k] = used[i] = s.gradient[k] = true;
          s.produced[i] = true;
        }
      if (here) used[i] = true;
      s.member[i] = s.member[i] && used[i];
      if (used[i] && s.member[i])
        for (int operand : g()[i].operand)
          if (operand >= 0) used[operand] = true;
    }
    for (int i = 0; i < g().size; ++i)
      if (s.produced[i] && s.member[i]) available_[i] = available_[i] || kept_[i];
    s.kind = s.outer == 0 && s.inner == 0  ? stage_kind::scalars
             : phases_of(g(), s).count > 1 ? stage_kind::row_kernel
                                           : stage_kind::map_reduce;
  }

  /// Whether the stage writes another part of the same gradient: rows of one stage run at once, and
  /// parts of a gradient that views share must not be added at once.
  constexpr bool adds_elsewhere(const stage& s, int input) const {
    auto source = [&](int k) { return g().input[k].is_view() ? g().input[k].source : k; };
    for (int k = 0; k < g().inputs; ++k)
      if (s.gradient[k] && source(k) == source(input)) return true;
    return false;
  }

  constexpr bool stores(const stage& s, int i) const {
    const axis_set axes = g()[i].axes;
    return axes == (s.outer | s.inner) || axes == s.outer;
  }

  /// Keeps an elementwise value that stands in the way of `root` in memory, so that a stage of its
  /// own computes it.
  constexpr bool keep_blocked(int root) {
    for (int i = 0; i <= root; ++i)
      if ((is_by_labels(g()[i].code) || needs_position(g()[i].code)) && !kept_[i] && !available_[i])
        return kept_[i] = true;
    return false;
  }

  constexpr void mark_stored() {
    for (int s = 0; s < p_.size; ++s) {
      const stage& here = p_.stages[s];
      for (int i = 0; i < g().size; ++i) {
        if (!here.member[i] && i != here.result && !here.produced[i]) continue;
        const int picked = i == here.result ? picked_operand(g(), g()[i]) : -1;
        for (int k : {0, 1, 2})
          if (const int operand = g()[i].operand[k]; operand >= 0)
            mark_source(here, k == picked ? g()[operand].operand[0] : operand);
        if (here.produced[i] && !here.member[i] && i != here.result) mark_source(here, i);
      }
    }
    auto result = [&](int i) {
      if (!is_given(g()[i].code)) p_.stored[i] = true;
    };
    result(p_.g.value);
    for (int i = 0; i < p_.g.terms; ++i) result(p_.g.term[i].value);
  }
  constexpr void mark_source(const stage& here, int i) {
    while (g()[i].code == op::rename) i = g()[i].operand[0];
    if (!here.member[i] && !is_given(g()[i].code)) p_.stored[i] = true;
  }
};

/// The stages of an expanded graph, in the order in which they run.
constexpr partitioned partition(const graph& g) { return partitioner(g).run(); }

}  // namespace kd::detail
