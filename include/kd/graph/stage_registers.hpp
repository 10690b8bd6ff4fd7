// SPDX-License-Identifier: MIT
#pragma once
#include <kd/graph/by_labels.hpp>
#include <kd/graph/indices.hpp>
#include <kd/graph/stage_memory.hpp>

namespace kd::detail {

/// The instructions of a stage with their registers; where positions and labels are.
class stage_registers : protected stage_memory {
 protected:
  constexpr stage_registers(const stage_memory& m, const stage_nodes& nodes)
      : stage_memory(m), nodes_(nodes) {
    list_nodes();
    for (int& r : index_) r = -1;
    for (int& r : row_position_) r = -1;
    for (int& r : row_index_) r = -1;
  }

  stage_nodes nodes_;
  std::int16_t list_[max_nodes]{};  // the stage's nodes and what they read, in order
  int listed_ = 0;
  bool is_read_[max_nodes]{};     // as a number
  bool is_indexed_[max_nodes]{};  // as an index
  int index_[max_nodes]{};        // registers of labels as indices, -1 if in none

  constexpr node_list list() const { return {list_, list_ + listed_}; }
  constexpr void list_nodes() {
    bool here[max_nodes]{};
    int first = max_nodes, last = -1;
    const auto enter = [&](int i) {
      here[i] = true;
      first = i < first ? i : first, last = i > last ? i : last;
    };
    for (const stage_node& n : nodes_) {
      enter(n.node);
      for (int operand : g()[n.node].operand)
        if (operand >= 0) enter(operand);
    }
    for (int i = first; i <= last; ++i)
      if (here[i]) list_[listed_++] = static_cast<std::int16_t>(i);
  }

  constexpr bool wide(int i) const { return is_wide(g(), s_, i); }

  constexpr int add(instruction i) {
    if (i.to == -2) i.to = static_cast<std::int16_t>(2 * out_.registers++ + (i.wide ? 1 : 0));
    if (p_.g.has_room(p_.instructions, max_instructions, limit::instructions))
      p_.code[p_.instructions++] = i;
    return i.to;
  }
  constexpr std::int16_t axis_number(axis_set over) const {
    return static_cast<std::int16_t>(axis_of(over));
  }

  /// Whether node i is computed from indices: positions that are in memory are numbers.
  constexpr bool compares(int i) const {
    if (!compares_indices(g(), i)) return false;
    for (int operand : g()[i].operand)
      if (operand >= 0 && g()[operand].code == op::position && !nodes_.member[operand])
        return false;
    return true;
  }
  /// Marks what members read other than by picking from it, and what the stage must give.
  constexpr void mark_read() {
    for (int i : list()) {
      if (nodes_.produced[i]) is_read_[i] = true;
      if (!nodes_.member[i] || is_by_labels(g()[i].code)) continue;
      for (int operand : g()[i].operand)
        if (operand >= 0) (compares(i) ? is_indexed_ : is_read_)[operand] = true;
    }
  }

  /// Values along the row live for one phase.
  constexpr void begin_phase() {
    for (int i : list())
      if (wide(i)) index_[i] = -1;
    position_ = along_ = -1;
  }
  /// The register of the position along an axis, as a number.
  constexpr int position(axis_set along) {
    if (!overlap(along, s_.inner)) return row_position_[axis_number(along)];
    if (position_ < 0) position_ = add({action::position, op::position, true, -2});
    return position_;
  }
  /// The same as an index.
  constexpr std::int16_t position_index(axis_set along) {
    if (!overlap(along, s_.inner)) return static_cast<std::int16_t>(row_index_[axis_number(along)]);
    if (along_ < 0) along_ = add({action::position_index, op::position, true, -2});
    return static_cast<std::int16_t>(along_);
  }
  /// The row's own positions along axes that tell rows apart.
  constexpr void row_positions() {
    for (int i : list()) {
      if (!nodes_.member[i] || !needs_position(g()[i].code) || overlap(g()[i].over, s_.inner))
        continue;
      const std::int16_t axis = axis_number(g()[i].over);
      const bool is_number = g()[i].code == op::position && is_read_[i];
      if (is_number && row_position_[axis] < 0)
        row_position_[axis] = add({action::position, op::position, false, -2, -1, -1, -1, axis});
      if ((g()[i].code == op::one_hot || is_indexed_[i]) && row_index_[axis] < 0)
        row_index_[axis] = add({action::position_index, op::position, false, -2, -1, -1, -1, axis});
    }
  }
  /// The register of labels, a position, or a label that is ignored, as an index.
  constexpr std::int16_t index(int i) {
    const node& n = g()[i];
    if (n.code == op::position) return position_index(n.over);
    if (index_[i] < 0 && (n.code == op::slot || n.code == op::constant))
      index_[i] = add({action::scalar_index, n.code, false, -2, -1, -1, -1,
                       n.code == op::slot ? p_.scalar_of[i] : static_cast<std::int16_t>(i)});
    if (index_[i] < 0)
      index_[i] = add(
          {action::load_index, n.code, wide(i), -2, -1, -1, -1, touch(i, wide(i), false, wide(i))});
    return static_cast<std::int16_t>(index_[i]);
  }
  /// The register of a comparison of indices.
  constexpr int comparison(int i) {
    const node& n = g()[i];
    const bool is_one_hot = n.code == op::one_hot;
    const std::int16_t a = is_one_hot ? position_index(n.over) : index(n.operand[0]);
    const std::int16_t b = index(n.operand[is_one_hot ? 0 : 1]);
    return add({action::compare, n.code, wide(i), -2, a, b});
  }

 private:
  int position_ = -1, along_ = -1;  // along the row, as a number and as an index
  int row_position_[max_axes]{}, row_index_[max_axes]{};
};

}  // namespace kd::detail
