// SPDX-License-Identifier: MIT
// The graph: a fixed-capacity array of plain nodes. It is a value; passes are ordinary constexpr
// functions over it.
// Operands precede their users, and two nodes are never equal (hash-consing), so an index names a
// value.
#pragma once
#include <bit>
#include <cstdint>
#include <string_view>

#include <kd/graph/axes.hpp>
#include <kd/tensor.hpp>

namespace kd {

/// What an input is to the objective. Students and learnable tensors get gradients.
enum class role : std::uint8_t { student, teacher, labels, learnable, given };

namespace detail {

/// Every operation; `graph/operations.hpp` holds shape rule, value and pullback of each.
enum class op : std::uint8_t {
  // leaves
  input,
  slot,
  constant,
  unit_roundoff,
  extent,
  position,
  // elementwise
  add,
  subtract,
  multiply,
  divide,
  negate,
  exp,
  expm1,
  log,
  log1p,
  sqrt,
  root,
  abs,
  sign,
  tanh,
  sigmoid,
  softplus,
  erf,
  power,
  stop_gradient,
  reverse_gradient,
  maximum,
  minimum,
  greater,
  greater_equal,
  equal,
  is_finite,
  where,
  divergence,
  gap,
  divergence_at,
  gap_at,
  divergence_of,
  gap_of,
  // labels
  pick,
  scatter,
  one_hot,
  is_label,
  // reductions
  sum,
  max,
  log_sum_exp,
  largest,
  // structure
  contract,
  rename,
};

struct node {
  op code = op::constant;
  axis_set axes = 0;  // axes of the value
  axis_set over = 0;  // axes reduced, contracted, picked, added or counted
  std::int16_t operand[3] = {-1, -1, -1};
  // input or slot number; the axis that scatter makes; for rename: from * max_axes + to; of a log
  // that stands for not a number: number of the reason + 1; of a contraction: skips_zeros or 0
  std::int16_t payload = 0;
  double value = 0;  // of a constant

  friend constexpr bool operator==(const node& a, const node& b) {
    return a.code == b.code && a.axes == b.axes && a.over == b.over && a.payload == b.payload &&
           a.operand[0] == b.operand[0] && a.operand[1] == b.operand[1] &&
           a.operand[2] == b.operand[2] && a.value == b.value;
  }
};

/// Of a contraction: a 0 of its first operand counts as 0 whatever it meets, also beside infinity.
inline constexpr int skips_zeros = 1;

/// Axes that show positions of others: of one axis without the first and last of them, of several
/// axes as one, of one axis as several, the last fastest, or of an axis at one position, for which
/// there is no axis.
struct view_step {
  int axes = 0, from[max_rank]{};
  int parts = 0, to[max_rank]{};
  int first = 0, last = 0;  // positions that are dropped; at one position: first, below 0 from the
                            // end

  constexpr bool is_position() const { return parts == 0; }
  friend constexpr bool operator==(const view_step&, const view_step&) = default;
};

inline constexpr int max_steps = 4;

struct input_info {
  kd::role role = role::given;
  std::string_view model, name;
  int rank = 0;
  int axis[max_rank]{};  // graph axes in the order in which the user declared them
  int source = -1;       // of a view: the input that it shows
  int steps = 0;
  view_step step[max_steps]{};  // from the source to the view

  constexpr bool is_view() const { return source >= 0; }
  constexpr bool differentiable() const { return role == role::student || role == role::learnable; }
};

/// What values a scalar may take; checked each time the objective is evaluated.
enum class range : std::uint8_t { any, positive, fraction };

struct slot_info {
  std::string_view name;  // empty for a number written in the expression
  kd::detail::range range = range::any;
};

struct term_info {
  std::string_view name;
  int value = -1;
};

/// Two axes of one extent, because one was renamed to the other.
struct renaming {
  int from = -1, to = -1;
};

/// Room for what people write: twelve layers of a transformer are one objective.
inline constexpr int max_nodes = 4096, max_inputs = 96, max_slots = 256, max_terms = 64,
                     max_renamings = 64, max_reasons = 16;

/// What an objective may have too many of; the sentences are in `run/sentences.hpp`.
enum class limit : std::uint8_t {
  none,
  operations,
  inputs,
  axes,
  numbers,
  named_parts,
  renamed_axes,
  reasons,
  nested_words,
  stages,
  values_of_stages,
  sweeps,
  instructions,
  tensors,
  tensors_of_a_stage,
  scalars,
};

struct graph {
  int size = 0, inputs = 0, slots = 0, axes = 0, terms = 0, renamings = 0, reasons = 0;
  node nodes[max_nodes]{};
  input_info input[max_inputs]{};
  slot_info slot[max_slots]{};
  std::string_view axis_name[max_axes]{};
  term_info term[max_terms]{};
  struct renaming renaming[max_renamings] {};
  std::string_view reason[max_reasons]{};  // why a value may be not a number
  int value = -1;                          // the objective
  int gradient[max_inputs]{};              // of each input, -1 where there is none
  std::int16_t bucket[2 * max_nodes]{};    // hash-consing: node index + 1
  bool adds_log_sum_exp[max_nodes]{};      // of a sum: whether a term may be a log-sum-exp
  bool full = false;                       // an array was too small: what is in them means nothing
  limit exceeded = limit::none;            // the first array that was
  int beyond = 0;                          // how often it was asked for more

  constexpr const node& operator[](int i) const { return nodes[i]; }

  /// Whether an array of `room` elements takes another one; if not, the graph is full. The pass
  /// goes on, for the number of what is beyond; those after it end early.
  constexpr bool has_room(int used, int room, limit which) {
    if (used < room) return true;
    if (!full) full = true, exceeded = which;
    if (exceeded == which) ++beyond;
    return false;
  }

  /// The number of the axis with this name, which is added if it is new.
  constexpr int axis(std::string_view name) {
    for (int i = 0; i < axes; ++i)
      if (axis_name[i] == name) return i;
    if (!has_room(axes, max_axes, limit::axes)) return 0;
    axis_name[axes] = name;
    return axes++;
  }

  /// Records that two axes have one extent: a value that is constant along them has no node.
  constexpr void rename(int from, int to) {
    for (int i = 0; i < renamings; ++i)
      if (renaming[i].from == from && renaming[i].to == to) return;
    if (has_room(renamings, max_renamings, limit::renamed_axes)) renaming[renamings++] = {from, to};
  }

  /// The index of this node, which is added unless an equal one exists.
  constexpr int add(const node& n) {
    unsigned at = hash(n) % (2 * max_nodes);
    while (bucket[at] != 0) {
      if (nodes[bucket[at] - 1] == n) return bucket[at] - 1;
      at = (at + 1) % (2 * max_nodes);
    }
    if (!has_room(size, max_nodes, limit::operations)) return size - 1;
    nodes[size] = n;
    adds_log_sum_exp[size] = n.code == op::log_sum_exp || passes_log_sum_exp(n);
    bucket[at] = static_cast<std::int16_t>(++size);
    return size - 1;
  }

 private:
  constexpr bool passes_log_sum_exp(const node& n) const {
    if (n.code != op::add && n.code != op::subtract && n.code != op::negate &&
        n.code != op::multiply)
      return false;
    return adds_log_sum_exp[n.operand[0]] || (n.operand[1] >= 0 && adds_log_sum_exp[n.operand[1]]);
  }
  static constexpr unsigned hash(const node& n) {
    unsigned h = static_cast<unsigned>(n.code);
    if (n.code == op::constant) {
      const auto bits = std::bit_cast<std::uint64_t>(n.value == 0 ? 0.0 : n.value);  // -0 is equal
      h = static_cast<unsigned>(bits ^ (bits >> 32));
    }
    for (unsigned part : {unsigned{n.axes}, unsigned{n.over}, static_cast<unsigned>(n.operand[0]),
                          static_cast<unsigned>(n.operand[1]), static_cast<unsigned>(n.operand[2]),
                          static_cast<unsigned>(n.payload)})
      h = (h ^ part) * 0x9E3779B1u;
    return h ^ (h >> 15);
  }
};

}  // namespace detail
}  // namespace kd
