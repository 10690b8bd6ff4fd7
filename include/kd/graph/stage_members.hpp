// SPDX-License-Identifier: MIT
// What a stage computes: the nodes that join it, and those of its values that it gives.
#pragma once
#include <kd/graph/by_labels.hpp>
#include <kd/graph/indices.hpp>
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

class stage_members {
 protected:
  partitioned p_;
  bool available_[max_nodes]{};  // in memory, or a leaf
  bool kept_[max_nodes]{};       // must be computed by some stage: "root"
  bool awaited_[max_nodes]{};    // of these, what other stages would compute once for each row
  axis_set space_[max_nodes]{};  // axes along which the node is stored
  bool gradient_done_[max_inputs]{};
  std::int16_t gradients_left_[max_nodes]{};  // how many gradients of inputs the node is
  std::int16_t open_[max_nodes]{};            // nodes that stages to come compute or copy, in order
  int opens_ = 0;
  // Of the stage at work: what may be computed in it, what is, and what it gives.
  bool joined_[max_nodes]{}, member_[max_nodes]{}, produced_[max_nodes]{};

  constexpr const graph& g() const { return p_.g; }
  constexpr axis_set axes_of_input(int i) const {
    axis_set all = 0;
    for (int k = 0; k < g().input[i].rank; ++k) all |= single(g().input[i].axis[k]);
    return all;
  }
  /// Whether the node is in memory, or a view of what is.
  constexpr bool in_memory(int i) const {
    return g()[i].code == op::rename ? in_memory(g()[i].operand[0]) : available_[i];
  }

  constexpr node_list open() const { return {open_, open_ + opens_}; }
  /// Leaves out what is done: what is in memory, and what nothing else is computed from.
  constexpr void close_nodes() {
    bool used[max_nodes]{};
    int kept = opens_;  // the last of them are moved to the end, then to the front
    for (int at = opens_ - 1; at >= 0; --at) {
      const std::int16_t i = open_[at];
      const bool computed = !in_memory(i) && (kept_[i] || used[i] || gradients_left_[i] > 0);
      for (int operand : g()[i].operand)
        if (computed && operand >= 0) used[operand] = true;
      if (computed || gradients_left_[i] > 0) open_[--kept] = i;
      else joined_[i] = member_[i] = produced_[i] = false;
    }
    for (int at = kept; at < opens_; ++at) open_[at - kept] = open_[at];
    opens_ -= kept;
  }

  constexpr void start(stage& s, int root) {
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
      if (operand >= 0 && !in_memory(operand) &&
          (!member_[operand] || is_total(g(), s, operand) || is_awaited(s, operand)))
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

  /// What joins a stage; false if that would compute for each row what is cheaper to store: this is
  /// kept, and the stage waits for it.
  constexpr bool absorb(const stage& s) {
    std::int16_t phase[max_nodes]{};
    bool costly[max_nodes]{}, waits = false;
    for (const int i : open()) {
      produced_[i] = false;
      joined_[i] = member_[i] = s.kind != stage_kind::contract && joins(s, i);
      if (!member_[i]) continue;
      const bool repeated = is_repeated(s, i);
      costly[i] = repeated && is_costly(g()[i].code);
      for (int operand : g()[i].operand) {
        if (operand < 0 || !member_[operand]) continue;
        const bool reduced = is_reduction(g()[operand].code) && !is_total(g(), s, operand);
        const int ready = phase[operand] + (reduced ? 1 : 0);
        if (ready > phase[i]) phase[i] = static_cast<std::int16_t>(ready);
        if (!costly[operand]) continue;
        if (repeated) costly[i] = true;
        else kept_[operand] = awaited_[operand] = waits = true;
      }
      if (phase[i] > max_phases - 2)  // a sweep more may write it
        joined_[i] = member_[i] = false;
    }
    return !waits;
  }
  /// Whether a value along the row is the same for several rows, and computed for each.
  constexpr bool is_repeated(const stage& s, int i) const {
    return is_wide(g(), s, i) && !contains(g()[i].axes, s.outer) && !is_reduction(g()[i].code);
  }
  constexpr bool is_awaited(const stage& s, int i) const {
    return awaited_[i] && !available_[i] && is_repeated(s, i);
  }

  /// Keeps what contributes to the values that a stage must produce: to `root`, and to those among
  /// the first nodes; of what all others read in the stage, to what these contribute to.
  constexpr void prune(stage& s, int root, int first) {
    if (s.kind == stage_kind::contract) {
      produced_[s.result] = true;
      return;
    }
    const bool all = first >= g().size;
    // Read by what is computed, by what leads to values that could be given here, and by others.
    bool used[max_nodes]{}, read_here[max_nodes]{}, read_elsewhere[max_nodes]{};
    for (bool& gradient : s.gradient) gradient = false;
    for (int at = opens_ - 1; at >= 0; --at) {
      const int i = open_[at];
      const bool is_result = !read_here[i] || read_elsewhere[i] || gradients_left_[i] > 0;
      const bool asked = i == root || (i < first && (all || is_result));
      member_[i] = joined_[i];
      produced_[i] = (asked || (first > 0 && used[i])) && is_given_by(s, i);
      for (int k = 0; k < g().inputs && asked && gradients_left_[i] > 0; ++k)
        if (g().gradient[k] == i && !gradient_done_[k] && (member_[i] || in_memory(i)) &&
            !(member_[i] && is_total(g(), s, i)) &&  // which is known when the stage has run
            axes_of_input(k) == (s.outer | s.inner) && !adds_elsewhere(s, k))
          used[i] = s.gradient[k] = produced_[i] = true;
      if (is_given_by(s, i) && asked) used[i] = true;
      member_[i] = member_[i] && used[i];
      const bool leads_here = joined_[i] && (read_here[i] || (kept_[i] && gives(g(), s, i)));
      for (int operand : g()[i].operand) {
        if (operand < 0) continue;
        if (member_[i]) used[operand] = true;
        (leads_here ? read_here : read_elsewhere)[operand] = true;
      }
    }
  }
  constexpr bool is_given_by(const stage& s, int i) const {
    return member_[i] && kept_[i] && gives(g(), s, i);
  }
  /// What the stage gives is in memory from now on.
  constexpr void commit(const stage& s) {
    for (const int i : open())
      if (produced_[i] && is_given_by(s, i)) available_[i] = true;
    for (int k = 0; k < g().inputs; ++k)
      if (s.gradient[k]) gradient_done_[k] = true, --gradients_left_[g().gradient[k]];
  }

  /// Whether the stage writes another part of the same gradient: rows of one stage run at once, and
  /// parts of a gradient that views share must not be added at once.
  constexpr bool adds_elsewhere(const stage& s, int input) const {
    auto source = [&](int k) { return g().input[k].is_view() ? g().input[k].source : k; };
    for (int k = 0; k < g().inputs; ++k)
      if (s.gradient[k] && source(k) == source(input)) return true;
    return false;
  }

  /// Makes a stage that touches too much give less: `root`, and as many values before it as fit.
  constexpr void prune_to_fit(stage& s, int root) {
    int fitting = 0, most = g().size;
    prune(s, root, most);
    if (fits(s)) return;
    while (fitting + 1 < most) {
      const int middle = (fitting + most) / 2;
      prune(s, root, middle);
      (fits(s) ? fitting : most) = middle;
    }
    prune(s, root, fitting);
  }
  constexpr bool fits(const stage& s) const {
    int totals = 0;
    for (const int i : open()) totals += produced_[i] && member_[i] && is_total(g(), s, i);
    return tensors(s) <= max_row_buffers && totals <= max_totals;
  }
  /// How many tensors the stage touches, at most. Labels may be read as numbers and as indices.
  constexpr int tensors(const stage& s) const {
    int count = 0;
    bool read[max_nodes]{}, read_later[max_nodes]{};
    for (const int i : open())
      if (member_[i]) count += read_by(i, read);
    for (int at = opens_ - 1; at >= 0; --at) {
      const int i = open_[at];
      const bool again = !member_[i] || ((read_later[i] || kept_[i] || is_left_gradient(s, i)) &&
                                         !(produced_[i] && is_given_by(s, i)));
      for (int operand : g()[i].operand)
        if (again && operand >= 0) read_later[operand] = true;
    }
    for (const int i : open())
      if (produced_[i] && g()[i].axes != 0)
        count += !member_[i] || read_later[i] || is_left_gradient(s, i);
    for (int k = 0; k < g().inputs; ++k) count += s.gradient[k];
    return count;
  }
  /// Whether node i is a gradient that the stage leaves to others.
  constexpr bool is_left_gradient(const stage& s, int i) const {
    int left = gradients_left_[i];
    for (int k = 0; k < g().inputs && left > 0; ++k) left -= s.gradient[k] && g().gradient[k] == i;
    return left > 0;
  }
  /// How many tensors node i is computed from.
  constexpr int tensors_behind(int i) const {
    int count = 0;
    bool behind[max_nodes]{}, read[max_nodes]{};
    behind[i] = true;
    for (; i >= 0; --i) {
      if (!behind[i] || !member_[i]) continue;
      count += read_by(i, read);
      for (int operand : g()[i].operand)
        if (operand >= 0) behind[operand] = true;
    }
    return count;
  }
  /// How many tensors node i reads from memory that no other has read.
  constexpr int read_by(int i, bool (&read)[max_nodes]) const {
    if (is_by_labels(g()[i].code)) return 2;
    int count = 0;
    for (int operand : g()[i].operand)
      if (operand >= 0 && !member_[operand] && !read[operand] &&
          (g()[operand].axes != 0 || g()[operand].code == op::input)) {
        read[operand] = true;
        count += is_labels(g(), operand) ? 2 : 1;
      }
    return count;
  }
};

}  // namespace kd::detail
