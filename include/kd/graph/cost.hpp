// SPDX-License-Identifier: MIT
// Cost: what a program moves through memory and computes, counted on its instructions. Extents are
// known only when it runs, so everything is counted per position of some axes.
//   memory        each tensor that a stage touches counts once: later sweeps find a row in cache
//   operations    arithmetic, comparisons, choices; a fused divergence is a polynomial of many
//   exponentials  exp, log, tanh, erf and their kin, each a polynomial of its own
#pragma once
#include <map>

#include <kd/graph/program.hpp>

namespace kd::detail {

/// How many of something by the axes they are counted along: 8 per (batch, classes), 4 per (batch).
struct tally {
  std::map<axis_set, std::int64_t> per;

  void add(axis_set axes, std::int64_t count) {
    if (count != 0) per[axes] += count;
  }
  void add(const tally& other) {
    for (const auto& [axes, count] : other.per) add(axes, count);
  }
  /// The number for extents of the axes, by their numbers.
  std::int64_t total(const std::int64_t* extent) const {
    std::int64_t sum = 0;
    for (auto [axes, count] : per) {
      for (int axis = 0; axis < max_axes; ++axis)
        if (contains(axes, single(axis))) count *= extent[axis];
      sum += count;
    }
    return sum;
  }
};

struct effort {
  int operations = 1, exponentials = 0;
};

/// What one value of an operation takes, in float.
constexpr effort effort_of(op code) {
  switch (code) {
    case op::exp:
    case op::expm1:
    case op::log:
    case op::log1p:
    case op::tanh:
    case op::erf: return {0, 1};
    case op::sigmoid: return {3, 1};
    case op::softplus: return {4, 2};
    case op::power: return {1, 2};
    case op::divergence_of:
    case op::gap_of: return {18, 0};  // graph/divergence_operations.hpp
    default: return {};
  }
}

constexpr bool is_computed(action what) {
  return what == action::compute || what == action::compare;
}

struct cost {
  int sweeps = 0;
  tally bytes, operations, exponentials;

  void add(const cost& other) {
    sweeps += other.sweeps;
    bytes.add(other.bytes), operations.add(other.operations), exponentials.add(other.exponentials);
  }
};

/// Counts one stage; numbers have 4 bytes.
class stage_cost {
 public:
  stage_cost(const program& p, const stage_program& s) : p_(p), s_(s) {}

  cost count() {
    memory_touched();
    if (s_.kind == stage_kind::contract) {  // a product and an addition
      const label_access& by = s_.by[s_.a];
      const bool adds = by.kind == label_access::scatters;  // one position of what it names
      cost_.operations.add((s_.outer | s_.inner) & ~(adds ? single(by.axis) : 0), 2);
      return cost_;
    }
    cost_.sweeps = s_.phases;
    computed(s_.uniform, 0);
    computed(s_.row, s_.outer);
    for (int phase = 0; phase < s_.phases; ++phase) {
      computed(s_.body[phase], s_.outer | s_.inner);
      cost_.operations.add(s_.outer | s_.inner, s_.fold[phase].end - s_.fold[phase].begin);
      computed(s_.after[phase], s_.outer);
    }
    return cost_;
  }

 private:
  const program& p_;
  const stage_program& s_;
  cost cost_;

  /// The axes of a tensor, by its own names for them, along which the stage touches it: of what
  /// labels pick, those of the labels in place of the one that they name positions of.
  axis_set touched(int k) const {
    const memory& m = p_.buffer[s_.buffer[k]];
    const label_access& by = s_.by[k];
    const bool whole = s_.wide[k] || moves_others(k), picks = by.kind == label_access::picks;
    axis_set axes = picks ? touched(by.labels) : 0;
    for (int axis = 0; axis < max_axes; ++axis)
      if (m.axis[axis] >= 0 && (whole || contains(s_.outer, single(axis))) &&
          !(picks && axis == by.axis))
        axes |= single(m.axis[axis]);
    return axes;
  }
  /// Whether a tensor holds the labels of another.
  bool moves_others(int k) const {
    for (int other = 0; other < s_.buffers; ++other)
      if (s_.by[other].kind != label_access::none && s_.by[other].labels == k) return true;
    return false;
  }
  /// A tensor that is touched along the row and also at one element per row comes from memory once.
  void memory_touched() {
    for (int k = 0; k < s_.buffers; ++k) {
      bool counted = false;
      for (int other = 0; other < s_.buffers; ++other) {
        if (other == k || !same_tensor(k, other)) continue;
        const axis_set mine = touched(k), theirs = touched(other);
        counted = counted || (contains(theirs, mine) && (mine != theirs || other < k));
      }
      if (!counted) cost_.bytes.add(touched(k), 4);
    }
  }
  bool same_tensor(int k, int other) const {
    const memory &a = p_.buffer[s_.buffer[k]], &b = p_.buffer[s_.buffer[other]];
    return a.kind == b.kind && a.number == b.number;
  }
  void computed(section s, axis_set per) {
    for (int i = s.begin; i < s.end; ++i) {
      const action what = p_.code[i].what;
      if (what == action::total) cost_.operations.add(per, 1);
      if (!is_computed(what)) continue;
      const effort e = effort_of(p_.code[i].code);
      cost_.operations.add(per, e.operations);
      cost_.exponentials.add(per, e.exponentials);
    }
  }
};

inline cost cost_of(const program& p, const stage_program& s) { return stage_cost(p, s).count(); }

}  // namespace kd::detail
