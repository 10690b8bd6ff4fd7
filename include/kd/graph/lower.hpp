// SPDX-License-Identifier: MIT
// Lowering: what an expression's types become while they are walked. Inputs and axes are found by
// name, equal subexpressions become one node, and every number gets a slot that is filled at each
// call.
#pragma once
#include <kd/graph/operations.hpp>
#include <kd/graph/views.hpp>

namespace kd::detail {

inline constexpr int max_occurrences = 1024, max_operands = 128;

/// What can be wrong with an expression as a whole; the sentences are in `run/arguments.hpp`.
enum class mistake : std::uint8_t { none, reported, input_with_other_axes, too_large };

/// What can be wrong with the rows of losses; the sentences are in `dsl/rows.hpp`.
enum class row_mistake : std::uint8_t { none, compared, other_axes };

/// What is done with the rows of the losses inside, instead of taking their mean.
struct rows_around {
  int weights = -1;     // the node that weighs them, -1 if there is none
  bool kept = false;    // they are the value
  bool finite = false;  // what is not finite counts as 0
  bool any = false;     // whether there are any
  row_mistake found = row_mistake::none;
};

/// An operand that a word's formula may read more than once.
struct word_operand {
  std::uint64_t word = 0;
  int k = 0, first_scalar = 0, scope = 0;  // its first scalar; where parameters of it belong
  rows_around rows;                        // what is done with the rows of losses in it
  bool is_lowered = false;
  int node = -1;
  std::uint64_t around = 0;  // views when the node was made
};

struct lowering {
  graph g;
  mistake found = mistake::none;
  int occurrences = 0;                      // the next scalar, in the order of the walk
  std::int16_t slot_of[max_occurrences]{};  // the slot of each + 1, 0 if it has none yet
  /// The slot of scalar k of the walk, -1 if nothing reads it.
  constexpr int slot_of_scalar(int k) const { return slot_of[k] - 1; }

  int scope = 0, scopes = 0;  // parameters are one slot per scope and name
  int scope_of_slot[max_slots]{};
  rows_around rows;
  surroundings around;  // views, and what is between them and the expression that is lowered
  int operands = 0;     // of the words around
  word_operand operand_of_word[max_operands]{};
  int again = 0;  // more than 0 while an operand is lowered that was lowered before

  /// The node of an input, which is added if its model and name are new, or of what is seen of it.
  constexpr term input(const input_info& info) {
    int at = 0;
    while (at < g.inputs && !(g.input[at].model == info.model && g.input[at].name == info.name &&
                              g.input[at].role == info.role))
      ++at;
    if (at == g.inputs) {
      if (g.has_room(g.inputs, max_inputs, limit::inputs)) g.input[g.inputs++] = info;
      else at = 0;
    } else if (!same_axes(g.input[at], info)) {
      found = mistake::input_with_other_axes;
    }
    const input_info seen = around.seen(info);
    return input_node(seen.steps == 0 ? at : view(at, seen), seen);
  }

  /// The index along an axis, of which views may show a part.
  constexpr term position(int axis) {
    input_info alone;
    alone.axis[alone.rank++] = axis;
    const input_info seen = around.seen(alone);
    return position(seen, axis, 0);
  }

  /// Says that an axis is computed whole, so that no view can show a part of it.
  constexpr void must_be_whole(int axis) {
    input_info alone;
    alone.axis[alone.rank++] = axis;
    if (around.seen(alone).steps != 0) around.found = view_mistake::computed;
  }

  /// Lowers an expression inside a view, or an operation that matters to views around it.
  template <class A>
  constexpr term lower_inside(const surrounding& s) {
    if (s.kind != surrounding_kind::view && !around.any()) return A::lower(*this);
    around.enter(s);
    const term x = A::lower(*this);
    around.leave();
    return x;
  }

  /// Not a number, for a reason that a call can say.
  constexpr term not_a_number(std::string_view reason) {
    int at = 0;
    while (at < g.reasons && g.reason[at] != reason) ++at;
    if (at == g.reasons && g.has_room(at, max_reasons, limit::reasons))
      g.reason[g.reasons++] = reason;
    return apply(op::log, constant(g, -1), {}, {}, 0, at + 1);
  }

  /// A number that was written once: its own slot.
  constexpr term number() { return known() ? slot_of_this() : slot({}); }

  /// A named scalar: one slot in its scope.
  constexpr term parameter(slot_info info) {
    if (known()) return slot_of_this();
    for (int i = 0; i < g.slots; ++i)
      if (g.slot[i].name == info.name && scope_of_slot[i] == scope) {
        occurs(i);
        return slot_node(i);
      }
    return slot(info);
  }

  /// What lower() gives where nothing is done with rows: in a row, or in its weights.
  template <class Lower>
  constexpr term apart_from_rows(Lower lower) {
    const rows_around outside = rows;
    rows = {};
    const term x = lower();
    const row_mistake inside = rows.found;
    rows = outside;
    if (inside != row_mistake::none) rows.found = inside;
    return x;
  }

  /// Enters an operand of a word, with as many scalars.
  constexpr void enter_operand(std::uint64_t word, int k, int numbers) {
    if (g.has_room(operands, max_operands, limit::nested_words))
      operand_of_word[operands++] = {word, k, occurrences, scope, rows, false, -1, 0};
    occurrences += numbers;
  }
  /// Operand k of a word around, which is lowered where it is first met; again only if views show
  /// another part of it.
  template <class A>
  constexpr term operand(std::uint64_t word, int k) {
    int at = operands - 1;
    while (at >= 0 && !(operand_of_word[at].word == word && operand_of_word[at].k == k)) --at;
    if (at < 0) return A::lower(*this);  // the formula alone, to check it
    word_operand& o = operand_of_word[at];
    const std::uint64_t seen = around.key();
    if (o.node >= 0 && o.around == seen) return {&g, o.node};
    const int here = occurrences, inside = scope, was = again;
    rows_around outside = rows;
    occurrences = o.first_scalar, scope = o.scope, again += o.is_lowered ? 1 : 0;
    rows = o.rows;
    const term x = A::lower(*this);
    outside.any = outside.any || rows.any;
    if (rows.found != row_mistake::none) outside.found = rows.found;
    occurrences = here, scope = inside, again = was, rows = outside;
    o.node = x.index, o.around = seen, o.is_lowered = true;
    return x;
  }

 private:
  /// The index along an axis that stands before a step of what is seen.
  constexpr term position(const input_info& seen, int axis, int step) {
    while (step < seen.steps && seen.step[step].from[0] != axis) ++step;
    if (step == seen.steps) return detail::position(g, single(axis));
    const view_step& s = seen.step[step];
    if (s.axes > 1) around.found = view_mistake::computed;
    if (s.is_position())
      return s.first < 0 ? static_cast<double>(s.first) + extent(g, single(axis))
                         : constant(g, s.first);
    term index = position(seen, s.to[0], step + 1);
    for (int j = 1; j < s.parts; ++j)
      index = index * extent(g, single(s.to[j])) + position(seen, s.to[j], step + 1);
    return s.first == 0 ? index : index + constant(g, s.first);
  }
  constexpr term input_node(int at, const input_info& info) {
    node n;
    n.code = op::input;
    n.payload = static_cast<std::int16_t>(at);
    for (int i = 0; i < info.rank; ++i) n.axes |= single(info.axis[i]);
    return make(g, n);
  }
  /// The number of the view of an input, which is added if it is new.
  constexpr int view(int source, input_info seen) {
    seen.source = source;
    for (int k = 0; k < g.inputs; ++k)
      if (g.input[k].source == source && same_steps(g.input[k], seen)) return k;
    if (!g.has_room(g.inputs, max_inputs, limit::inputs)) return source;
    g.input[g.inputs] = seen;
    return g.inputs++;
  }
  static constexpr bool same_steps(const input_info& a, const input_info& b) {
    bool same = a.steps == b.steps;
    for (int i = 0; i < a.steps && same; ++i) same = a.step[i] == b.step[i];
    return same;
  }
  static constexpr bool same_axes(const input_info& a, const input_info& b) {
    if (a.rank != b.rank) return false;
    for (int i = 0; i < a.rank; ++i)
      if (a.axis[i] != b.axis[i]) return false;
    return true;
  }
  constexpr bool known() const { return occurrences < max_occurrences && slot_of[occurrences] > 0; }
  constexpr term slot_of_this() { return slot_node(slot_of[occurrences++] - 1); }
  constexpr void occurs(int slot) {
    if (g.has_room(occurrences, max_occurrences, limit::numbers))
      slot_of[occurrences++] = static_cast<std::int16_t>(slot + 1);
  }
  constexpr term slot(slot_info info) {
    if (!g.has_room(g.slots, max_slots, limit::numbers)) return slot_node(0);
    occurs(g.slots);
    scope_of_slot[g.slots] = scope;
    g.slot[g.slots] = info;
    return slot_node(g.slots++);
  }
  constexpr term slot_node(int i) {
    node n;
    n.code = op::slot;
    n.payload = static_cast<std::int16_t>(i);
    return make(g, n);
  }
};

/// The graph of an expression, before anything is done to it.
template <class E>
constexpr lowering lower() {
  lowering l;
  l.g.value = E::lower(l).index;
  return l;
}

}  // namespace kd::detail
