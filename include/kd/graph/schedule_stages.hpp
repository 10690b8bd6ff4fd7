// SPDX-License-Identifier: MIT
// Schedule: turns the stages of a partition into instructions. A value along the row that a later
// phase needs again is loaded or computed again if that is cheap, else kept in a row of scratch
// memory.
#pragma once
#include <kd/graph/stage_registers.hpp>

namespace kd::detail {

class stage_scheduler : stage_registers {
  template <class Body>
  constexpr section emit(Body body) {  // first, because clang 14 wants it so
    const int begin = p_.instructions;
    body();
    return {begin, p_.instructions};
  }

 public:
  constexpr stage_scheduler(program& p, const partitioned& parts, const stage& s)
      : stage_registers(stage_memory{p, s, p.stage[p.stages]}, parts.nodes_of(s)) {}

  constexpr void run() {
    out_.kind = s_.kind, out_.outer = s_.outer, out_.inner = s_.inner;
    if (s_.kind == stage_kind::contract) return contraction();
    out_.code.begin = p_.instructions;
    phases_ = phases_of(g(), s_, nodes_);
    out_.phases = phases_.count;
    if (!p_.g.has_room(out_.phases, max_phases + 1, limit::sweeps)) return;
    choose_kept();
    mark_read();
    mark_uniform();
    for (int i : list()) register_[i] = -1;
    out_.uniform = emit([&] { row_values(-1, true); });
    out_.row = emit([&] {
      row_positions();
      row_values(0, false);
      if (phases_.count == 0) stores(0);
    });
    for (int phase = 0; phase < phases_.count; ++phase) {
      for (int i : list())
        if (is_wide(g(), s_, i)) register_[i] = -1;  // values along the row live for one phase
      begin_phase();
      out_.body[phase] = emit([&] { body(phase); });
      out_.fold[phase] = emit([&] { folds(phase); });
      out_.after[phase] = emit([&] { row_values(phase + 1, false); });
    }
    if (s_.kind != stage_kind::scalars) {
      section& last = phases_.count == 0 ? out_.row : out_.after[phases_.count - 1];
      const section more = emit([&] { row_results(); });
      last.end = more.end;
    }
    out_.code.end = p_.instructions;
  }

 private:
  stage_phases phases_;
  int register_[max_nodes]{};
  int kept_row_[max_nodes]{};  // scratch row + 1
  bool is_uniform_[max_nodes]{};

  /// Marks costly values along the row that a later phase reads, so that they are kept.
  constexpr void choose_kept() {
    for (int phase = 1; phase < phases_.count; ++phase) {
      bool needed[max_nodes]{};
      for (int at = listed_ - 1; at >= 0; --at) {
        const int i = list_[at];
        if (!nodes_.member[i] && !nodes_.produced[i]) continue;
        const bool target = phases_.of[i] == phase &&
                            ((is_reduction(g()[i].code) && !is_total(g(), s_, i)) || is_stored(i));
        if (!target && !needed[i]) continue;
        if (!nodes_.member[i]) continue;
        for (int operand : g()[i].operand) {
          if (operand < 0 || !nodes_.member[operand] || !wide(operand)) continue;
          if (is_costly(g()[operand].code) && phases_.of[operand] < phase) {
            if (kept_row_[operand] == 0) kept_row_[operand] = ++out_.kept_rows;
          } else {
            needed[operand] = true;
          }
        }
      }
    }
  }

  /// Whether the stage writes this value to memory along the row.
  constexpr bool is_stored(int i) const {
    if (!nodes_.produced[i] || s_.inner == 0) return false;
    for (int k = 0; k < g().inputs; ++k)
      if (g().gradient[k] == i && writes_gradient(k)) return true;
    return p_.is_kept[i] && nodes_.member[i] && wide(i) && gives(g(), s_, i);
  }
  constexpr bool writes_gradient(int k) const { return s_.gradient[k]; }

  // ---- instructions for values ------------------------------------------------------------------

  /// The register of a value, which is computed, loaded or reloaded if it is in none.
  constexpr int value(int i, int phase) {
    if (register_[i] >= 0) return register_[i];
    const node& n = g()[i];
    if (!nodes_.member[i]) return register_[i] = read(i);
    if (kept_row_[i] != 0 && phases_.of[i] < phase)
      return register_[i] = add({action::reload, n.code, true, -2, -1, -1, -1, row_number(i)});
    if (n.code == op::scatter || (n.code == op::pick && wide(i)))
      return register_[i] = add({action::load, n.code, true, -2, -1, -1, -1, touch_by_labels(i)});
    if (n.code == op::pick)
      return register_[i] = add({action::pick, n.code, false, -2, touch(n.operand[0], false, false),
                                 touch(n.operand[1], false, false), axis_number(n.over), -1});
    if (compares(i)) return register_[i] = comparison(i);
    if (n.code == op::position) return register_[i] = position(n.over);
    std::int16_t from[3] = {-1, -1, -1};
    for (int k = 0; k < 3; ++k)
      if (n.operand[k] >= 0) from[k] = static_cast<std::int16_t>(value(n.operand[k], phase));
    register_[i] = add({action::compute, n.code, wide(i), -2, from[0], from[1], from[2], -1});
    if (kept_row_[i] != 0)
      add({action::keep, n.code, true, -1, static_cast<std::int16_t>(register_[i]), -1, -1,
           row_number(i)});
    return register_[i];
  }
  constexpr std::int16_t row_number(int i) const {
    return static_cast<std::int16_t>(kept_row_[i] - 1);
  }
  constexpr int read(int i) {
    const node& n = g()[i];
    const auto node_number = static_cast<std::int16_t>(i);
    if (n.code == op::constant)
      return add({action::constant, n.code, false, -2, -1, -1, -1, node_number});
    if (n.code == op::extent || n.code == op::unit_roundoff)
      return add({action::extent, n.code, false, -2, -1, -1, -1, node_number});
    if (n.code == op::slot || (n.axes == 0 && n.code != op::input))
      return add({action::scalar, n.code, false, -2, -1, -1, -1, p_.scalar_of[i]});
    return add({action::load, n.code, wide(i), -2, -1, -1, -1, touch(i, wide(i), false)});
  }

  // ---- sections ---------------------------------------------------------------------------------

  /// Row values that are ready before `phase` and that a sweep, a total or a result reads; without
  /// axes if uniform.
  constexpr void row_values(int phase, bool uniform) {
    if (s_.kind == stage_kind::scalars) {
      if (!uniform) return;
      for (int i : list())
        if (nodes_.produced[i] && nodes_.member[i] && p_.scalar_of[i] >= 0)  // a gradient is stored
          add({action::store_scalar, g()[i].code, false, -1, static_cast<std::int16_t>(value(i, 0)),
               -1, -1, p_.scalar_of[i]});
      return;
    }
    for (int i : list()) {
      if (!nodes_.member[i]) {  // leaves and finished values that members read
        if (phase > 0 || wide(i) || (g()[i].axes == 0) != uniform) continue;
        if (is_read_[i]) value(i, 0);
        if (is_indexed_[i]) index(i);
        continue;
      }
      if (g()[i].code == op::position && !is_read_[i]) continue;
      if (wide(i) || is_reduction(g()[i].code) || is_uniform_[i] != uniform) continue;
      if (uniform || phases_.of[i] == phase) value(i, phase);
    }
  }
  /// Marks values without axes that need no row.
  constexpr void mark_uniform() {
    for (int i : list()) {
      is_uniform_[i] = g()[i].axes == 0;
      for (int operand : g()[i].operand)
        if (operand >= 0 && nodes_.member[operand] &&
            (is_reduction(g()[operand].code) || !is_uniform_[operand]))
          is_uniform_[i] = false;
    }
  }
  constexpr void body(int phase) {
    for (int i : list()) {
      if (!nodes_.member[i] || phases_.of[i] != phase) continue;
      if (is_reduction(g()[i].code) && !is_total(g(), s_, i)) value(g()[i].operand[0], phase);
      if (kept_row_[i] != 0) value(i, phase);
    }
    stores(phase);
  }
  constexpr void stores(int phase) {
    for (int i : list()) {
      if (!nodes_.produced[i] || phases_.stored[i] != phase) continue;
      for (int k = 0; k < g().inputs; ++k)
        if (g().gradient[k] == i && writes_gradient(k)) {
          const auto from = static_cast<std::int16_t>(value(i, phase));
          add({action::store, g()[i].code, s_.inner != 0, -1, from, -1, -1, touch_gradient(k)});
        }
      if (s_.inner != 0 && nodes_.member[i] && is_stored(i) && p_.is_kept[i]) {
        const auto from = static_cast<std::int16_t>(value(i, phase));
        add({action::store, g()[i].code, true, -1, from, -1, -1, touch(i, true, true)});
      }
    }
  }
  constexpr void folds(int phase) {
    for (int i : list())
      if (nodes_.member[i] && is_reduction(g()[i].code) && !is_total(g(), s_, i) &&
          phases_.of[i] == phase)
        register_[i] = add({action::fold, g()[i].code, false, -2,
                            static_cast<std::int16_t>(register_[g()[i].operand[0]]), -1, -1, -1});
  }
  /// At the end of a row: totals, and row values that later stages read.
  constexpr void row_results() {
    for (int i : list()) {
      if (!nodes_.produced[i] || !nodes_.member[i]) continue;
      if (is_total(g(), s_, i)) {
        if (p_.scalar_of[i] < 0) continue;  // others that need it compute it again
        if (!p_.g.has_room(out_.totals, max_totals, limit::scalars)) return;
        out_.total[out_.totals++] = p_.scalar_of[i];
        add({action::total, g()[i].code, false, -1,
             static_cast<std::int16_t>(value(g()[i].operand[0], phases_.count)), -1, -1,
             p_.scalar_of[i]});
      } else if (!wide(i) && g()[i].axes == 0 && s_.outer == 0 && p_.scalar_of[i] >= 0)
        add({action::store_scalar, g()[i].code, false, -1,
             static_cast<std::int16_t>(value(i, phases_.count)), -1, -1, p_.scalar_of[i]});
      else if (!wide(i) && g()[i].axes != 0 && p_.is_kept[i] && gives(g(), s_, i))
        add({action::store, g()[i].code, false, -1,
             static_cast<std::int16_t>(value(i, phases_.count)), -1, -1, touch(i, false, true)});
    }
  }
};

}  // namespace kd::detail
