// SPDX-License-Identifier: MIT
// Schedule: turns the stages of a partition into instructions. A value along the row that a later
// phase needs again is loaded or computed again if that is cheap, else kept in a row of scratch
// memory.
#pragma once
#include <kd/graph/lifetimes.hpp>
#include <kd/graph/order_stages.hpp>
#include <kd/graph/stage_memory.hpp>

namespace kd::detail {

constexpr bool is_costly(op code) {
  return code == op::exp || code == op::log || code == op::log1p || code == op::sqrt ||
         code == op::root || code == op::divide || code == op::tanh || code == op::sigmoid ||
         code == op::softplus || code == op::expm1 || code == op::erf || code == op::power ||
         code == op::divergence_of || code == op::gap_of;
}

class stage_scheduler : stage_memory {
  template <class Body>
  constexpr section emit(Body body) {  // first, because clang 14 wants it so
    const int begin = p_.instructions;
    body();
    return {begin, p_.instructions};
  }

 public:
  constexpr stage_scheduler(program& p, const stage& s) : stage_memory{p, s, p.stage[p.stages]} {}

  constexpr void run() {
    out_.kind = s_.kind, out_.outer = s_.outer, out_.inner = s_.inner;
    if (s_.kind == stage_kind::contract) return contraction();
    out_.code.begin = p_.instructions;
    phases_ = phases_of(g(), s_);
    out_.phases = phases_.count;
    if (!p_.g.has_room(out_.phases, max_phases + 1)) return;
    choose_kept();
    mark_read();
    for (int i = 0; i < max_nodes; ++i) register_[i] = -1;
    out_.uniform = emit([&] { row_values(-1, true); });
    out_.row = emit([&] {
      row_positions();
      row_values(0, false);
      if (phases_.count == 0) stores(0);
    });
    for (int phase = 0; phase < phases_.count; ++phase) {
      for (int i = 0; i < g().size; ++i)
        if (is_wide(g(), s_, i)) register_[i] = -1;  // values along the row live for one phase
      position_ = -1;
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
  bool is_read_[max_nodes]{};
  int position_ = -1, row_position_[max_axes]{};

  constexpr bool wide(int i) const { return is_wide(g(), s_, i); }

  constexpr int add(instruction i) {
    if (i.to == -2) i.to = static_cast<std::int16_t>(2 * out_.registers++ + (i.wide ? 1 : 0));
    if (p_.g.has_room(p_.instructions, max_instructions)) p_.code[p_.instructions++] = i;
    return i.to;
  }

  /// Marks costly values along the row that a later phase reads, so that they are kept.
  constexpr void choose_kept() {
    for (int phase = 1; phase < phases_.count; ++phase) {
      bool needed[max_nodes]{};
      for (int i = g().size - 1; i >= 0; --i) {
        if (!s_.member[i] && !s_.produced[i]) continue;
        const bool target = phases_.of[i] == phase &&
                            ((is_reduction(g()[i].code) && !is_total(g(), s_, i)) || is_stored(i));
        if (!target && !needed[i]) continue;
        if (!s_.member[i]) continue;
        for (int operand : g()[i].operand) {
          if (operand < 0 || !s_.member[operand] || !wide(operand)) continue;
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
    if (!s_.produced[i] || s_.inner == 0) return false;
    for (int k = 0; k < g().inputs; ++k)
      if (g().gradient[k] == i && writes_gradient(k)) return true;
    return p_.is_kept[i] && s_.member[i] && !is_reduction(g()[i].code) && wide(i);
  }
  constexpr bool writes_gradient(int k) const { return s_.gradient[k]; }

  // ---- instructions for values ------------------------------------------------------------------

  /// The register of a value, which is computed, loaded or reloaded if it is in none.
  constexpr int value(int i, int phase) {
    if (register_[i] >= 0) return register_[i];
    const node& n = g()[i];
    if (!s_.member[i]) return register_[i] = read(i);
    if (kept_row_[i] != 0 && phases_.of[i] < phase)
      return register_[i] = add({action::reload, n.code, true, -2, -1, -1, -1, row_number(i)});
    if (n.code == op::scatter || (n.code == op::pick && wide(i)))
      return register_[i] = add({action::load, n.code, true, -2, -1, -1, -1, touch_by_labels(i)});
    if (n.code == op::pick)
      return register_[i] = add({action::pick, n.code, false, -2, touch(n.operand[0], false, false),
                                 touch(n.operand[1], false, false), axis_number(n.over), -1});
    std::int16_t from[3] = {-1, -1, -1};
    for (int k = 0; k < 3; ++k)
      if (n.operand[k] >= 0) from[k] = static_cast<std::int16_t>(value(n.operand[k], phase));
    if (n.code == op::position) return register_[i] = position(n.over);
    if (n.code == op::one_hot) {
      from[1] = from[0];
      from[0] = static_cast<std::int16_t>(position(n.over));
    }
    register_[i] = add({action::compute, n.code, wide(i), -2, from[0], from[1], from[2], -1});
    if (kept_row_[i] != 0)
      add({action::keep, n.code, true, -1, static_cast<std::int16_t>(register_[i]), -1, -1,
           row_number(i)});
    return register_[i];
  }
  constexpr std::int16_t row_number(int i) const {
    return static_cast<std::int16_t>(kept_row_[i] - 1);
  }
  constexpr std::int16_t axis_number(axis_set over) const {
    for (int axis = 0; axis < max_axes; ++axis)
      if (over == single(axis)) return static_cast<std::int16_t>(axis);
    return -1;
  }
  constexpr int position(axis_set along) {
    if (!overlap(along, s_.inner)) return row_position_[axis_number(along)];
    if (position_ < 0) position_ = add({action::position, op::position, true, -2});
    return position_;
  }
  /// The row's own positions along axes that tell rows apart.
  constexpr void row_positions() {
    for (int i = 0; i < g().size; ++i) {
      if (!s_.member[i] || !needs_position(g()[i].code) || overlap(g()[i].over, s_.inner)) continue;
      const std::int16_t axis = axis_number(g()[i].over);
      if (row_position_[axis] == 0)
        row_position_[axis] = add({action::position, op::position, false, -2, -1, -1, -1, axis});
    }
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
      for (int i = 0; i < g().size; ++i)
        if (s_.produced[i] && p_.scalar_of[i] >= 0)  // else a gradient, which is stored
          add({action::store_scalar, g()[i].code, false, -1, static_cast<std::int16_t>(value(i, 0)),
               -1, -1, p_.scalar_of[i]});
      return;
    }
    for (int i = 0; i < g().size; ++i) {
      if (!s_.member[i]) {  // leaves and finished values that members read
        if (phase <= 0 && !wide(i) && (g()[i].axes == 0) == uniform && is_read_[i]) value(i, 0);
        continue;
      }
      if (wide(i) || is_reduction(g()[i].code) ||
          (g()[i].axes == 0 && depends_on_leaves(i)) != uniform)
        continue;
      if (uniform || phases_.of[i] == phase) value(i, phase);
    }
  }
  /// Marks what members read other than by picking from it, and what the stage must give.
  constexpr void mark_read() {
    for (int i = 0; i < g().size; ++i) {
      if (s_.produced[i]) is_read_[i] = true;
      if (!s_.member[i] || is_by_labels(g()[i].code)) continue;
      for (int operand : g()[i].operand)
        if (operand >= 0) is_read_[operand] = true;
    }
  }
  constexpr bool depends_on_leaves(int i) const {
    for (int operand : g()[i].operand)
      if (operand >= 0 && s_.member[operand] &&
          (is_reduction(g()[operand].code) || g()[operand].axes != 0 ||
           !depends_on_leaves(operand)))
        return false;
    return true;
  }
  constexpr void body(int phase) {
    for (int i = 0; i < g().size; ++i) {
      if (!s_.member[i] || phases_.of[i] != phase) continue;
      if (is_reduction(g()[i].code) && !is_total(g(), s_, i)) value(g()[i].operand[0], phase);
      if (kept_row_[i] != 0) value(i, phase);
    }
    stores(phase);
  }
  constexpr void stores(int phase) {
    for (int i = 0; i < g().size; ++i) {
      if (!s_.produced[i] || (s_.member[i] ? phases_.of[i] : 0) != phase) continue;
      for (int k = 0; k < g().inputs; ++k)
        if (g().gradient[k] == i && writes_gradient(k)) {
          const auto from = static_cast<std::int16_t>(value(i, phase));
          add({action::store, g()[i].code, s_.inner != 0, -1, from, -1, -1, touch_gradient(k)});
        }
      if (s_.inner != 0 && s_.member[i] && is_stored(i) && p_.is_kept[i]) {
        const auto from = static_cast<std::int16_t>(value(i, phase));
        add({action::store, g()[i].code, true, -1, from, -1, -1, touch(i, true, true)});
      }
    }
  }
  constexpr void folds(int phase) {
    for (int i = 0; i < g().size; ++i)
      if (s_.member[i] && is_reduction(g()[i].code) && !is_total(g(), s_, i) &&
          phases_.of[i] == phase)
        register_[i] = add({action::fold, g()[i].code, false, -2,
                            static_cast<std::int16_t>(register_[g()[i].operand[0]]), -1, -1, -1});
  }
  /// At the end of a row: totals, and row values that later stages read.
  constexpr void row_results() {
    for (int i = 0; i < g().size; ++i) {
      if (!s_.produced[i] || !s_.member[i]) continue;
      if (is_total(g(), s_, i)) {
        if (!p_.g.has_room(out_.totals, max_totals)) return;
        out_.total[out_.totals++] = p_.scalar_of[i];
        add({action::total, g()[i].code, false, -1,
             static_cast<std::int16_t>(value(g()[i].operand[0], phases_.count)), -1, -1,
             p_.scalar_of[i]});
      } else if (!wide(i) && g()[i].axes == 0 && s_.outer == 0 && p_.scalar_of[i] >= 0)
        add({action::store_scalar, g()[i].code, false, -1,
             static_cast<std::int16_t>(value(i, phases_.count)), -1, -1, p_.scalar_of[i]});
      else if (!wide(i) && g()[i].axes != 0 && p_.is_kept[i])
        add({action::store, g()[i].code, false, -1,
             static_cast<std::int16_t>(value(i, phases_.count)), -1, -1, touch(i, false, true)});
    }
  }
};

/// The program of the stages of a partition; its graph is full if it is too large.
constexpr program schedule_program(const partitioned& parts) {
  program p;
  p.g = parts.g;
  p.g.full = parts.g.full || !parts.complete;
  if (p.g.full) return p;
  for (int i = 0; i < p.g.size; ++i) {
    p.scalar_of[i] = -1;
    const bool total_or_scalar = parts.stored[i] && p.g[i].axes == 0;
    if (p.g[i].code == op::slot) p.scalar_of[i] = p.g[i].payload;
    else if (total_or_scalar) p.scalar_of[i] = static_cast<std::int16_t>(p.g.slots + p.scalars++);
    p.is_kept[i] = parts.stored[i] && p.g[i].axes != 0;
  }
  p.scalars += p.g.slots;
  for (int s = 0; s < parts.size && !p.g.full; ++s) {
    stage_scheduler(p, parts.stages[s]).run();
    ++p.stages;
  }
  order_stages(p);
  find_lifetimes(p);
  return p;
}
/// The program of a differentiated and simplified graph.
constexpr program schedule_program(const graph& simplified) {
  return schedule_program(partition(expand(simplified)));
}

}  // namespace kd::detail
