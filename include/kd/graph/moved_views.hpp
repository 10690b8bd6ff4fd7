// SPDX-License-Identifier: MIT
// Picks and renames of computed values. Most move to the leaves, so that nothing is computed along
// a row to be read at one position; some must stay.
#pragma once
#include <kd/graph/log_softmax.hpp>
#include <kd/graph/rebuild.hpp>

namespace kd::detail {

/// An equal and cheaper term of an operation (simplify.hpp).
constexpr term rewrite(op code, term a, term b = {}, term c = {}, axis_set over = 0,
                       int payload = 0);

/// A pick or rename that moves from elementwise values to their operands, until it stands on values
/// in memory. Every value is moved once, however many paths lead to it.
class moved_view {
 public:
  constexpr moved_view(op code, term labels, axis_set over, int payload)
      : code_(code),
        labels_(labels),
        over_(over),
        payload_(payload),
        axis_(code == op::pick ? over : single(from())) {}

  constexpr term operator()(term a) const {
    if (!passes(a)) return seen(a);
    bool inside[max_nodes]{};
    std::int16_t moved[max_nodes]{};
    inside[a.index] = true;
    for (int i = a.index; i >= 0; --i)
      if (inside[i] && passes({a.g, i}))
        for (int operand : (*a.g)[i].operand)
          if (operand >= 0) inside[operand] = true;
    for (int i = 0; i <= a.index; ++i) {
      if (!inside[i]) continue;
      const node n = (*a.g)[i];
      term operand[3];
      for (int k = 0; k < 3; ++k)
        if (n.operand[k] >= 0) operand[k] = {a.g, moved[n.operand[k]]};
      const bool through = passes({a.g, i});
      const term t =
          through ? rewrite(n.code, operand[0], operand[1], operand[2], n.over) : seen({a.g, i});
      moved[i] = static_cast<std::int16_t>(t.index);
    }
    return {a.g, moved[a.index]};
  }

 private:
  op code_;
  term labels_;
  axis_set over_;
  int payload_;
  axis_set axis_;  // that it takes

  constexpr int from() const { return payload_ / max_axes; }
  constexpr int to() const { return payload_ % max_axes; }
  constexpr bool passes(term a) const {
    const op code = a.get().code;
    return overlap(a.axes(), axis_) && is_elementwise(code) && code != op::one_hot;
  }
  constexpr term seen(term a) const {
    if (!overlap(a.axes(), axis_)) return a;
    if (code_ == op::pick) return apply(code_, a, labels_, {}, over_, payload_);
    const node& n = a.get();
    if (n.code == op::rename && n.payload == to() * max_axes + from()) return operand(a, 0);
    if (n.code == op::position) return position(*a.g, single(to()));
    if (n.code == op::one_hot) {
      const term labels = (*this)(operand(a, 0));
      return one_hot(labels, n.over == axis_ ? single(to()) : n.over);
    }
    return apply(code_, a, {}, {}, 0, payload_);
  }
};

/// Which picks and renames stay where they are, so that a value which others read too has one set
/// of bits: it is renamed in memory. Picked values need it where others are compared: what a
/// greater, equal or largest looks at.
struct shared_views {
  bool stays[max_nodes]{};

  constexpr explicit shared_views(const graph& g) {
    bool needed[max_nodes]{}, reads[max_nodes]{}, compared[max_nodes]{};
    std::int16_t users[max_nodes]{};
    mark_needed(g, needed);
    for (int i = 0; i < g.size; ++i) {
      if (!needed[i]) continue;
      const node& n = g[i];
      reads[i] = n.code == op::input || is_reduction(n.code) || n.code == op::contract;
      const bool compares = n.code == op::greater || n.code == op::greater_equal ||
                            n.code == op::equal || n.code == op::max;
      for (int operand : n.operand) {
        if (operand < 0) continue;
        reads[i] = reads[i] || reads[operand];
        compared[operand] = compared[operand] || compares;
        // The softmax of a log_softmax is not computed from it.
        if (n.code != op::exp || g[operand].code != op::subtract) ++users[operand];
      }
    }
    for (int i = 0; i < g.size; ++i) {
      if (!needed[i] || (g[i].code != op::pick && g[i].code != op::rename)) continue;
      const int of = g[i].operand[0];
      if (!is_elementwise(g[of].code) || g[of].code == op::one_hot || !reads[of]) continue;
      stays[i] = g[i].code == op::pick ? compared[of] : users[of] > 1;
    }
  }
};

/// A pick of a value that stays: along a row, the one value that the label names is left of it.
constexpr term pick_in_place(term a, term labels, axis_set over) {
  if (!contains(a.axes() & ~over, labels.axes())) return apply(op::pick, a, labels, {}, over);
  return reduce(op::sum, where(one_hot(labels, over), a, constant(*a.g, 0)), over);
}

}  // namespace kd::detail

#include <kd/graph/simplify.hpp>  // defines rewrite
