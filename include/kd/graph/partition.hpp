// SPDX-License-Identifier: MIT
// Partition: groups the nodes of an expanded graph into stages, which run one after another.
//   A stage walks over rows: one row for every position of its outer axes, along its inner axes.
//   Everything whose axes lie in outer and inner, whose reductions are over all inner axes, and
//   that depends on finished stages only, joins.
//   Sums of row values over all rows ("totals") leave the stage as scalars. A contraction is a
//   stage of its own.
// Reductions, contractions and gradients are kept in memory; other values are recomputed.
#pragma once
#include <kd/graph/by_labels.hpp>
#include <kd/graph/expand.hpp>
#include <kd/graph/indices.hpp>
#include <kd/graph/split_reductions.hpp>
#include <kd/graph/stage.hpp>

namespace kd::detail {

inline constexpr int max_stages = 256, max_stage_nodes = 4 * max_nodes;

struct partitioned {
  graph g;
  int size = 0, nodes = 0;
  stage stages[max_stages]{};
  stage_node node[max_stage_nodes]{};  // of one stage after the other
  bool stored[max_nodes]{};            // nodes kept in memory for a later stage or as a result
  bool complete = false;               // false if the objective needs more than kd can partition

  constexpr stage_nodes nodes_of(const stage& s) const { return {node + s.first, s.size}; }
};

class partitioner {
 public:
  constexpr explicit partitioner(const graph& source) {
    p_.g = split_reductions(source);
    copy_given(p_.g.value);
    for (int i = 0; i < p_.g.terms; ++i) copy_given(p_.g.term[i].value);
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

  /// Makes stages until nothing is left or this many are made; whether nothing is left.
  constexpr bool advance(int stages) {
    for (int made = 0; !done_ && made < stages; ++made) make_stage();
    return done_;
  }
  constexpr partitioned result() const { return p_; }
  constexpr bool done() const { return done_; }

 private:
  partitioned p_;
  bool done_ = false;
  bool available_[max_nodes]{};  // in memory, or a leaf
  bool kept_[max_nodes]{};       // must be computed by some stage: "root"
  axis_set space_[max_nodes]{};  // axes along which the node is stored
  bool gradient_done_[max_inputs]{};
  std::int16_t gradients_left_[max_nodes]{};          // how many gradients of inputs the node is
  bool member_[max_nodes]{}, produced_[max_nodes]{};  // of the stage at work

  constexpr void make_stage() {
    const int root = p_.g.full ? -1 : next_root();
    if (root < 0 || !p_.g.has_room(p_.size, max_stages, limit::stages)) {
      p_.complete = root < 0 && !p_.g.full;
      done_ = true;
      return mark_stored();
    }
    stage& s = p_.stages[p_.size];
    open(s, root);
    absorb(s);
    if (s.kind != stage_kind::contract && !member_[root] && !in_memory(root)) {
      s = stage{};
      if (!keep_blocked(root)) done_ = true;  // incomplete
      return;
    }
    prune(s);
    enter_nodes(s);
    ++p_.size;
  }
  constexpr void enter_nodes(stage& s) {
    s.first = p_.nodes;
    for (int i = 0; i < g().size; ++i)
      if ((member_[i] || produced_[i]) &&
          p_.g.has_room(p_.nodes, max_stage_nodes, limit::values_of_stages))
        p_.node[p_.nodes++] = {static_cast<std::int16_t>(i), member_[i], produced_[i]};
    s.size = p_.nodes - s.first;
    const stage_nodes nodes = p_.nodes_of(s);
    if (s.kind != stage_kind::contract)
      s.kind = s.outer == 0 && s.inner == 0         ? stage_kind::scalars
               : phases_of(g(), s, nodes).count > 1 ? stage_kind::row_kernel
                                                    : stage_kind::map_reduce;
  }

  constexpr const graph& g() const { return p_.g; }
  /// A result that is an input becomes a scalar of its own, which a stage computes.
  constexpr void copy_given(int& i) {
    if (g()[i].code == op::input) i = apply(op::stop_gradient, term{&p_.g, i}).index;
  }
  constexpr void keep(int i) {
    if (!is_given(g()[i].code) && g()[i].code != op::rename) kept_[i] = true;
    if (g()[i].code == op::rename) keep(g()[i].operand[0]);
  }
  constexpr axis_set axes_of_input(int i) const {
    axis_set all = 0;
    for (int k = 0; k < g().input[i].rank; ++k) all |= single(g().input[i].axis[k]);
    return all;
  }
  constexpr void keep_gradient(int i) {
    space_[g().gradient[i]] |= axes_of_input(i);
    ++gradients_left_[g().gradient[i]];
  }

  /// Whether the node is in memory, or a view of what is.
  constexpr bool in_memory(int i) const {
    return g()[i].code == op::rename ? in_memory(g()[i].operand[0]) : available_[i];
  }

  /// The next value to compute: contractions first, then reductions (of few axes first), then what
  /// is only stored.
  constexpr int next_root() const {
    int best = -1, best_rank = 1000;
    bool reachable[max_nodes]{};  // computed from what is in memory, elementwise
    for (int i = 0; i < g().size; ++i) {
      reachable[i] = true;
      for (int operand : g()[i].operand)
        if (operand >= 0 && !in_memory(operand) && (kept_[operand] || !reachable[operand]))
          reachable[i] = false;
      const bool gradient = gradients_left_[i] > 0;
      if (((!kept_[i] || available_[i]) && !gradient) || (!available_[i] && !reachable[i]))
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
      available_[root] = true;
    } else if (is_reduction(n.code) && !available_[root]) {
      s.inner = n.over;
      s.outer = n.axes;
    } else {
      axis_set space = n.axes, last = 0;
      const bool scatters = n.code == op::scatter && !available_[root];
      int input = scatters ? -1 : g().inputs - 1;  // whose gradient it is
      while (input >= 0 && (g().gradient[input] != root || gradient_done_[input])) --input;
      if (input >= 0) space = axes_of_input(input);
      last = scatters ? single(n.payload) : last_axis(g(), n, space);
      if (n.code == op::one_hot && !available_[root]) last = n.over;
      if (scatters) kept_[root] = kept_[root] || n.axes != space_[root];  // others copy it
      if (input >= 0 && g().input[input].rank > 0)  // it is written along its input's last axis
        last = single(g().input[input].axis[g().input[input].rank - 1]);
      s.inner = last;
      s.outer = space & ~last;
    }
  }

  constexpr bool joins(const stage& s, int i) const {
    const node& n = g()[i];
    if (is_given(n.code) || is_contraction(g(), n) || n.code == op::rename || available_[i])
      return false;
    for (int operand : n.operand)
      if (operand >= 0 && !in_memory(operand) && (!member_[operand] || is_total(g(), s, operand)))
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
    for (int i = 0; i < g().size; ++i)
      produced_[i] = false, member_[i] = s.kind != stage_kind::contract && joins(s, i);
  }

  /// Keeps what contributes to a value that a stage must produce, which is available now.
  constexpr void prune(stage& s) {
    if (s.kind == stage_kind::contract) {
      produced_[s.result] = true;
      return;
    }
    bool used[max_nodes]{};
    for (int i = g().size - 1; i >= 0; --i) {
      const bool here = member_[i] && kept_[i] && gives(g(), s, i);
      produced_[i] = here;
      for (int k = 0; k < g().inputs && gradients_left_[i] > 0; ++k)
        if (g().gradient[k] == i && !gradient_done_[k] && (member_[i] || in_memory(i)) &&
            !(member_[i] && is_total(g(), s, i)) &&  // which is known when the stage has run
            axes_of_input(k) == (s.outer | s.inner) && !adds_elsewhere(s, k)) {
          gradient_done_[k] = used[i] = s.gradient[k] = true;
          produced_[i] = true;
          --gradients_left_[i];
        }
      if (here) used[i] = true;
      member_[i] = member_[i] && used[i];
      if (member_[i])
        for (int operand : g()[i].operand)
          if (operand >= 0) used[operand] = true;
    }
    for (int i = 0; i < g().size; ++i)
      if (produced_[i] && member_[i] && kept_[i] && gives(g(), s, i)) available_[i] = true;
  }

  /// Whether the stage writes another part of the same gradient: rows of one stage run at once, and
  /// parts of a gradient that views share must not be added at once.
  constexpr bool adds_elsewhere(const stage& s, int input) const {
    auto source = [&](int k) { return g().input[k].is_view() ? g().input[k].source : k; };
    for (int k = 0; k < g().inputs; ++k)
      if (s.gradient[k] && source(k) == source(input)) return true;
    return false;
  }

  /// Keeps an elementwise value that stands in the way of `root` in memory, so that a stage of its
  /// own computes it.
  constexpr bool keep_blocked(int root) {
    for (int i = 0; i < root; ++i)  // first, because positions in memory are rounded
      if (compares_positions(i) && !kept_[i] && !available_[i]) return kept_[i] = true;
    for (int i = 0; i <= root; ++i)
      if ((is_by_labels(g()[i].code) || needs_position(g()[i].code)) && !kept_[i] && !available_[i])
        return kept_[i] = true;
    return false;
  }

  constexpr bool compares_positions(int i) const {
    const node& n = g()[i];
    return n.code != op::one_hot && compares_indices(g(), i) &&
           (g()[n.operand[0]].code == op::position || g()[n.operand[1]].code == op::position);
  }

  constexpr void mark_stored() {
    for (int s = 0; s < p_.size; ++s) {
      const stage& here = p_.stages[s];
      const stage_nodes nodes = p_.nodes_of(here);
      for (const stage_node& n : nodes) {
        const int picked = n.node == here.result ? picked_operand(g(), g()[n.node]) : -1;
        for (int k : {0, 1, 2})
          if (const int operand = g()[n.node].operand[k]; operand >= 0)
            mark_source(nodes, k == picked ? g()[operand].operand[0] : operand);
        if (n.produced && !n.member && n.node != here.result) mark_source(nodes, n.node);
      }
    }
    auto result = [&](int i) {
      if (!is_given(g()[i].code)) p_.stored[i] = true;
    };
    result(p_.g.value);
    for (int i = 0; i < p_.g.terms; ++i) result(p_.g.term[i].value);
  }
  constexpr void mark_source(const stage_nodes& here, int i) {
    while (g()[i].code == op::rename) i = g()[i].operand[0];
    if (!here.member[i] && !is_given(g()[i].code)) p_.stored[i] = true;
  }
};

/// The stages of an expanded graph, in the order in which they run.
constexpr partitioned partition(const graph& g) {
  partitioner p(g);
  p.advance(2 * max_stages);
  return p.result();
}

}  // namespace kd::detail
