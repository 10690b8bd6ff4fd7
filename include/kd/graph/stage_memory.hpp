// SPDX-License-Identifier: MIT
#pragma once
#include <kd/graph/program.hpp>

namespace kd::detail {

/// Numbers the tensors that a stage touches.
struct stage_memory {
  program& p_;
  const stage& s_;
  stage_program& out_;

  constexpr const graph& g() const { return p_.g; }

  /// The stage's number for a value in memory: an index into its buffer list.
  constexpr std::int16_t touch(int i, bool along_row, bool write, bool as_index = false) {
    return touch(memory_of(i), along_row, write, as_index);
  }
  /// The same for a row that labels pick, or that is added up by labels.
  constexpr std::int16_t touch_by_labels(int i) {
    const node& n = g()[i];
    label_access by{label_access::picks, touch(n.operand[1], false, false)};
    if (n.code == op::pick) {
      by.axis = static_cast<std::int8_t>(axis_of(n.over));
      return touch(memory_of(n.operand[0]), true, false, false, by);
    }
    const bool ones = g()[n.operand[0]].code == op::constant;
    by.kind = ones ? label_access::counts : label_access::scatters;
    by.axis = static_cast<std::int8_t>(n.payload), by.added = n.over;
    return touch(memory_of(n.operand[ones ? 1 : 0]), true, false, false, by);
  }
  constexpr memory memory_of(int i) {
    memory b;
    b.node = static_cast<std::int16_t>(i);
    for (int axis = 0; axis < max_axes; ++axis)
      b.axis[axis] =
          contains(g()[i].axes, single(axis)) ? static_cast<std::int8_t>(axis) : std::int8_t{-1};
    while (g()[i].code == op::rename) {  // the view's axis `to` is the source's axis `from`
      const int from = g()[i].payload / max_axes, to = g()[i].payload % max_axes;
      for (auto& axis : b.axis)
        if (axis == to) axis = static_cast<std::int8_t>(from);
      i = g()[i].operand[0];
    }
    b.kind = g()[i].code == op::input ? memory::input : memory::kept;
    b.number = g()[i].code == op::input ? g()[i].payload : number_of_kept(i);
    return b;
  }
  constexpr std::int16_t number_of_kept(int i) {
    if (p_.number_of[i] == 0 && p_.g.has_room(p_.kept, max_buffers, limit::tensors)) {
      p_.lifetime[p_.kept].node = i;
      p_.number_of[i] = static_cast<std::int16_t>(++p_.kept);
    }
    return static_cast<std::int16_t>(p_.number_of[i] - 1);
  }
  /// The operands and the result of a contraction.
  constexpr void contraction() {
    const node& n = g()[s_.result];
    const bool scatters = n.code == op::scatter;
    out_.zero_stays = n.code == op::contract && n.payload == skips_zeros;
    const auto operand = [&](int k) {
      const int i = n.operand[k];
      if (i < 0) return std::int16_t{-1};
      return k == picked_operand(g(), n) ? touch_by_labels(i) : touch(i, true, false);
    };
    out_.a = scatters ? touch_by_labels(s_.result) : operand(0);
    out_.b = operand(scatters ? 2 : 1);
    out_.c = touch(s_.result, true, true);
    if (scatters) {
      out_.batched = n.axes & g()[n.operand[1]].axes, out_.rows = single(n.payload);
      out_.columns = n.axes & ~(out_.batched | out_.rows);
      return;
    }
    if (const int k = picked_operand(g(), n); k >= 0) {
      out_.columns = n.axes & own_axes(g(), g()[n.operand[k]]);
      out_.rows = n.axes & ~out_.columns;
      return;
    }
    const axis_set a = g()[n.operand[0]].axes & ~n.over, b = g()[n.operand[1]].axes & ~n.over;
    out_.batched = a & b, out_.rows = a & ~b, out_.columns = b & ~a;
  }
  constexpr std::int16_t touch_gradient(int k) {
    memory b;
    for (auto& axis : b.axis) axis = -1;
    for (int a = 0; a < g().input[k].rank; ++a) {
      const int axis = g().input[k].axis[a];
      b.axis[axis] = static_cast<std::int8_t>(axis);
    }
    b.kind = memory::gradient;
    b.number = static_cast<std::int16_t>(k);
    return touch(b, s_.inner != 0, true, false);
  }
  constexpr std::int16_t touch(const memory& b, bool along_row, bool write, bool as_index,
                               const label_access& by = {}) {
    int at = 0;
    while (at < p_.buffers && !(p_.buffer[at] == b)) ++at;
    if (!p_.g.has_room(at, max_buffers, limit::tensors)) return 0;
    if (at == p_.buffers) p_.buffer[p_.buffers++] = b;
    for (int k = 0; k < out_.buffers; ++k)
      if (out_.buffer[k] == at && out_.wide[k] == along_row && out_.written[k] == write &&
          out_.as_index[k] == as_index && out_.by[k] == by)
        return static_cast<std::int16_t>(k);
    if (!p_.g.has_room(out_.buffers, max_row_buffers, limit::tensors_of_a_stage)) return 0;
    out_.buffer[out_.buffers] = static_cast<std::int16_t>(at);
    out_.wide[out_.buffers] = along_row;
    out_.written[out_.buffers] = write;
    out_.as_index[out_.buffers] = as_index;
    out_.by[out_.buffers] = by;
    return static_cast<std::int16_t>(out_.buffers++);
  }
};

}  // namespace kd::detail
