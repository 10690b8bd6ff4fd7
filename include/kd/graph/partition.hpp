// SPDX-License-Identifier: MIT
// Partition: groups the nodes of an expanded graph into stages, which run one after another.
//   A stage walks over rows: one row for every position of its outer axes, along its inner axes.
//   Everything whose axes lie in outer and inner, whose reductions are over all inner axes, and
//   that depends on finished stages only, joins.
//   Sums of row values over all rows ("totals") leave the stage as scalars. A contraction is a
//   stage of its own.
// Reductions, contractions and gradients are kept in memory; other values are recomputed.
#pragma once
#include <kd/graph/expand.hpp>
#include <kd/graph/split_reductions.hpp>
#include <kd/graph/stage_members.hpp>

namespace kd::detail {

class partitioner : stage_members {
 public:
  constexpr explicit partitioner(const graph& source) {
    p_.g = split_reductions(source);
    copy_given(p_.g.value);
    for (int i = 0; i < p_.g.terms; ++i) copy_given(p_.g.term[i].value);
    if (p_.g.full) return;
    for (int i = 0; i < p_.g.size; ++i) {
      const node& n = p_.g[i];
      open_[opens_++] = static_cast<std::int16_t>(i);
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
    close_nodes();
  }

  /// Makes stages until nothing is left or this many are made; whether nothing is left.
  constexpr bool advance(int stages) {
    for (int made = 0; !done_ && made < stages; ++made) make_stage();
    return done_;
  }
  constexpr partitioned result() const { return p_; }
  constexpr bool done() const { return done_; }

 private:
  bool done_ = false;

  constexpr void make_stage() {
    const int root = p_.g.full ? -1 : next_root();
    if (root < 0 || !p_.g.has_room(p_.size, max_stages, limit::stages)) {
      p_.complete = root < 0 && !p_.g.full;
      done_ = true;
      return mark_stored();
    }
    stage& s = p_.stages[p_.size];
    start(s, root);
    if (!absorb(s)) {
      s = stage{};
      return;
    }
    if (s.kind != stage_kind::contract && !member_[root] && !in_memory(root)) {
      s = stage{};
      if (!keep_blocked(root)) done_ = true;  // incomplete
      return;
    }
    prune_to_fit(s, root);
    if (!fits(s) && keep_part(s, root)) {
      s = stage{};
      return;
    }
    commit(s);
    enter_nodes(s);
    close_nodes();
    ++p_.size;
  }
  constexpr void enter_nodes(stage& s) {
    s.first = p_.nodes;
    for (const int i : open())
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

  /// A result that is an input becomes a scalar of its own, which a stage computes.
  constexpr void copy_given(int& i) {
    if (g()[i].code == op::input) i = apply(op::stop_gradient, term{&p_.g, i}).index;
  }
  constexpr void keep(int i) {
    if (!is_given(g()[i].code) && g()[i].code != op::rename) kept_[i] = true;
    if (g()[i].code == op::rename) keep(g()[i].operand[0]);
  }
  constexpr void keep_gradient(int i) {
    space_[g().gradient[i]] |= axes_of_input(i);
    ++gradients_left_[g().gradient[i]];
  }

  /// The next value to compute: contractions first, then reductions (of few axes first), then what
  /// is only stored.
  constexpr int next_root() const {
    int best = -1, best_rank = 1000;
    bool reachable[max_nodes]{};  // computed from what is in memory, elementwise
    for (const int i : open()) {
      reachable[i] = true;
      for (int operand : g()[i].operand)
        if (operand >= 0 && !in_memory(operand) && (kept_[operand] || !reachable[operand]))
          reachable[i] = false;
      const bool gradient = gradients_left_[i] > 0;
      if (((!kept_[i] || available_[i]) && !gradient) || (!available_[i] && !reachable[i]))
        continue;
      const op code = g()[i].code;
      const bool computed = !available_[i];
      const int rank = computed && awaited_[i]                   ? -1
                       : computed && is_contraction(g(), g()[i]) ? 0
                       : computed && is_reduction(code) ? 1 + count(g()[g()[i].operand[0]].axes)
                                                        : 100 - (space_[i] == 0 ? 50 : 0);
      if (rank < best_rank) best = i, best_rank = rank;
    }
    return best;
  }

  /// Keeps an elementwise value that stands in the way of `root` in memory, so that a stage of its
  /// own computes it.
  constexpr bool keep_blocked(int root) {
    for (const int i : open())  // first, because positions in memory are rounded
      if (i < root && compares_positions(i) && !kept_[i] && !available_[i]) return kept_[i] = true;
    for (const int i : open())
      if (i <= root && (is_by_labels(g()[i].code) || needs_position(g()[i].code)) && !kept_[i] &&
          !available_[i])
        return kept_[i] = true;
    return false;
  }

  /// Keeps a part of what `root` is computed from that reads about half of what a stage may touch,
  /// so that a stage of its own computes it.
  constexpr bool keep_part(const stage& s, int root) {
    for (int i = root; i >= 0;) {
      int next = -1, most = 0;
      for (int operand : g()[i].operand)
        if (operand >= 0 && member_[operand])
          if (const int reads = tensors_behind(operand); reads > most) next = operand, most = reads;
      i = next;
      if (i < 0 || most > max_row_buffers / 2) continue;
      if (most < 2 || kept_[i] || !gives(g(), s, i)) return false;
      return kept_[i] = true;
    }
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
          if (const int operand = g()[n.node].operand[k];
              operand >= 0 && (n.member || n.node == here.result))
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
  while (!p.advance(max_stages)) {}
  return p.result();
}

}  // namespace kd::detail
