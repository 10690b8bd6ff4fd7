// SPDX-License-Identifier: MIT
// Extents of axes that no tensor of a call has: of renamed axes, of slices and merges, and what
// `compile` was told.
#pragma once
#include <algorithm>
#include <string>
#include <utility>

#include <kd/error.hpp>
#include <kd/run/call.hpp>

namespace kd::detail {

/// How messages name an input: `student logits`, `labels y`.
inline std::string title(const input_info& i) {
  return std::string(i.model) + " " + std::string(i.name);
}

/// Knows which input fixed each axis, for messages.
struct extents {
  bool known[max_axes]{};
  int from[max_axes]{};
};

/// The number of positions that a view shows; less than 0 if it drops more than there are.
inline std::int64_t extent_shown(const call& c, const view_step& step) {
  std::int64_t n = 1;
  for (int i = 0; i < step.axes; ++i) n *= c.extent[step.from[i]];
  return n - step.first - step.last;
}

/// Gives the axes that slices and merges make their extents; returns whether one was unknown.
inline bool bind_view_extents(call& c, const graph& g, extents& e) {
  bool found = false;
  for (int k = 0; k < g.inputs; ++k)
    for (int i = 0; i < g.input[k].steps; ++i) {
      const view_step& step = g.input[k].step[i];
      bool known = true;
      for (int a = 0; a < step.axes; ++a) known = known && e.known[step.from[a]];
      if (!known) continue;
      const std::int64_t n = extent_shown(c, step);
      const auto name = [&](int axis) { return "axis '" + std::string(g.axis_name[axis]) + "'"; };
      if (n < 0)
        throw shape_error("kd: " + name(step.from[0]) + " of " + title(g.input[k]) + " has " +
                          std::to_string(c.extent[step.from[0]]) + " positions and a slice drops " +
                          std::to_string(step.first + step.last) + "; bind more or drop fewer");
      if (e.known[step.to] && c.extent[step.to] != n)
        throw shape_error("kd: " + name(step.to) + " is " + std::to_string(c.extent[step.to]) +
                          " and a view of " + name(step.from[0]) + " of " + title(g.input[k]) +
                          " shows " + std::to_string(n) +
                          "; give the view's axis another name, "
                          "or bind tensors that agree");
      if (!e.known[step.to]) e.from[step.to] = k, found = true;
      e.known[step.to] = true;
      c.extent[step.to] = n;
    }
  return found;
}

/// Gives renamed axes the extents of the axes they rename, in either direction, and views theirs.
inline void bind_renamed(call& c, const graph& g, extents& e) {
  for (bool found = true; found;) {
    found = bind_view_extents(c, g, e);
    for (int i = 0; i < g.renamings; ++i) {
      int from = g.renaming[i].from, to = g.renaming[i].to;
      if (!e.known[from]) std::swap(from, to);
      if (!e.known[from]) continue;
      if (e.known[to] && c.extent[to] != c.extent[from])
        throw shape_error("kd: axis '" + std::string(g.axis_name[to]) + "' is " +
                          std::to_string(c.extent[to]) + " and stands for axis '" +
                          std::string(g.axis_name[from]) + "', which is " +
                          std::to_string(c.extent[from]) + "; rename to an axis that no input has");
      found = found || !e.known[to];
      c.extent[to] = c.extent[from];
      e.known[to] = true;
    }
  }
}

/// Throws shape_error if a value of the objective has more positions than an index can count.
inline void check_counts(const call& c, const graph& g) {
  constexpr double most = 4611686018427387904.0;  // 2^62: strides in bytes count too
  const auto count_of = [&](axis_set axes) {
    double n = 1;
    for (int axis = 0; axis < g.axes; ++axis)
      if (contains(axes, single(axis))) n *= static_cast<double>(c.extent[axis]);
    return n;
  };
  if (count_of(static_cast<axis_set>(~axis_set{0})) <= most) return;
  for (int i = 0; i < g.size; ++i) {
    if (count_of(g[i].axes) <= most) continue;
    std::string names;
    for (int axis = 0; axis < g.axes; ++axis)
      if (contains(g[i].axes, single(axis)))
        names += (names.empty() ? "" : " x ") + std::string(g.axis_name[axis]) + " " +
                 std::to_string(c.extent[axis]);
    throw shape_error("kd: a part of the objective has " + names +
                      " positions, more than a 64-bit index counts; sum before you multiply");
  }
}

/// Throws shape_error if a part of the objective is the largest, or the log-sum-exp, of no numbers.
inline void check_not_empty(const call& c, const graph& g) {
  if (std::find(c.extent, c.extent + g.axes, 0) == c.extent + g.axes) return;
  for (int i = 0; i < g.size; ++i) {
    const node& n = g[i];
    if ((n.code != op::max && n.code != op::log_sum_exp) || c.positions(n.axes) == 0) continue;
    for (int axis = 0; axis < g.axes; ++axis)
      if (contains(n.over, single(axis)) && c.extent[axis] == 0)
        throw shape_error("kd: axis '" + std::string(g.axis_name[axis]) +
                          "' is empty, and the objective takes a softmax or the largest along it; "
                          "bind tensors with at least one position of it");
  }
}

/// Extents of axes that no input has: those of renamed axes, then what `compile` was told, -1 for
/// what it was not. Throws shape_error if one stays unknown.
inline void bind_others(call& c, const graph& g, extents& e, const std::int64_t* told) {
  bind_renamed(c, g, e);
  check_counts(c, g);
  bool all_known = true;
  for (int axis = 0; axis < g.axes; ++axis) {
    if (e.known[axis]) continue;
    all_known = false;
    if (told[axis] < 0) continue;
    c.extent[axis] = told[axis];
    e.known[axis] = true;
  }
  if (all_known) return check_not_empty(c, g);
  bind_renamed(c, g, e);
  for (int axis = 0; axis < g.axes; ++axis) {
    if (e.known[axis]) continue;
    const std::string name(g.axis_name[axis]);
    throw shape_error("kd: no tensor of the call has axis '" + name +
                      "', so its extent is unknown; bind a tensor that has it, or say it to "
                      "kd::compile(objective, " +
                      name + "(10))");
  }
  check_not_empty(c, g);
}

}  // namespace kd::detail
