// SPDX-License-Identifier: MIT
// Views: which part of an input a slice, merge, split or position around it shows. A slice of an
// expression is the expression of slices of its inputs: every input that has the axis becomes a
// view, an input of its own whose memory lies in that of its source. A reduction, product or pick
// over the axis in between ends the axis: an input below it is seen whole.
#pragma once
#include <algorithm>

#include <kd/graph/graph.hpp>

namespace kd::detail {

/// What can be wrong with a view; the sentences are in `dsl/view.hpp`.
enum class view_mistake : std::uint8_t { none, part, name_taken, computed, too_deep };

enum class surrounding_kind : std::uint8_t { view, end_of_axes, rename };

/// An operation around the expression that is being lowered.
struct surrounding {
  surrounding_kind kind = surrounding_kind::view;
  view_step step{};        // of a view
  axis_set ended = 0;      // of an end of axes
  int from = -1, to = -1;  // of a rename
};

inline constexpr int max_surroundings = 24;

/// The operations around the expression that is being lowered, outermost first. Empty unless one of
/// them is a view.
struct surroundings {
  view_mistake found = view_mistake::none;
  int size = 0;
  surrounding around[max_surroundings]{};

  constexpr bool any() const { return size > 0; }
  constexpr void enter(const surrounding& s) {
    if (size < max_surroundings) around[size] = s;
    else found = view_mistake::too_deep;
    ++size;
  }
  constexpr void leave() { --size; }
  /// Tells surroundings apart; 0 without any.
  constexpr std::uint64_t key() const {
    std::uint64_t h = 0;
    for (int i = 0; i < size && i < max_surroundings; ++i) {
      const surrounding& s = around[i];
      const auto mix = [&](int part) {
        h = (h ^ static_cast<std::uint64_t>(part + 1)) * 0x9E3779B97F4A7C15u;
        h ^= h >> 29;
      };
      mix(static_cast<int>(s.kind)), mix(static_cast<int>(s.ended)), mix(s.from), mix(s.to);
      mix(s.step.first), mix(s.step.last), mix(s.step.axes), mix(s.step.parts);
      for (int k = 0; k < s.step.axes; ++k) mix(s.step.from[k]);
      for (int k = 0; k < s.step.parts; ++k) mix(s.step.to[k]);
    }
    return h;
  }

  /// The input as it is seen from outside; with as many steps as views change it.
  constexpr input_info seen(input_info info) {
    int name[max_rank]{};  // what the operations passed so far call an axis, -1 if it has ended
    for (int k = 0; k < info.rank; ++k) name[k] = info.axis[k];
    for (int s = size <= max_surroundings ? size - 1 : -1; s >= 0; --s) {
      const surrounding& here = around[s];
      for (int k = 0; k < info.rank; ++k) {
        if (name[k] < 0) continue;
        if (here.kind == surrounding_kind::end_of_axes && contains(here.ended, single(name[k])))
          name[k] = -1;
        if (here.kind == surrounding_kind::rename && name[k] == here.from) name[k] = here.to;
      }
      if (here.kind == surrounding_kind::view) look(info, name, s);
    }
    return info;
  }

 private:
  constexpr void look(input_info& info, int (&name)[max_rank], int s) {
    view_step step = around[s].step;
    int at[max_rank]{}, there = 0;  // where the input has the axes
    for (int i = 0; i < step.axes; ++i)
      for (int k = 0; k < info.rank; ++k)
        if (name[k] == step.from[i]) at[there++] = k;
    if (there == 0) return;
    if (there < step.axes) return fail(view_mistake::part);
    if (info.steps == max_steps) return fail(view_mistake::too_deep);
    for (int j = 0; j < step.parts; ++j)
      if (is_taken(info, step.to[j], s)) return fail(view_mistake::name_taken);
    if (info.rank - step.axes + step.parts > max_rank) return fail(view_mistake::too_deep);
    for (int i = 0; i < step.axes; ++i) step.from[i] = info.axis[at[i]];
    info.step[info.steps++] = step;
    const input_info before = info;
    int called[max_rank]{};
    std::copy(name, name + max_rank, called);
    info.rank = 0;
    const auto add = [&](int axis, int its_name) {
      info.axis[info.rank] = axis;
      name[info.rank++] = its_name;
    };
    for (int k = 0; k < before.rank; ++k) {
      bool shown = false;
      for (int i = 0; i < there; ++i) shown = shown || at[i] == k;
      if (!shown) add(before.axis[k], called[k]);
      for (int j = 0; k == at[there - 1] && j < step.parts; ++j) add(step.to[j], step.to[j]);
    }
  }
  /// Whether the new name of an axis means another one at the input or on the way to it.
  constexpr bool is_taken(const input_info& info, int to, int s) const {
    for (int k = 0; k < info.rank; ++k)
      if (info.axis[k] == to) return true;
    for (int i = s + 1; i < size; ++i)
      if ((around[i].kind == surrounding_kind::end_of_axes &&
           contains(around[i].ended, single(to))) ||
          (around[i].kind == surrounding_kind::rename && around[i].from == to))
        return true;
    return false;
  }
  constexpr void fail(view_mistake m) { found = m; }
};

}  // namespace kd::detail
