// SPDX-License-Identifier: MIT
// Extents of axes that no tensor of a call has: of renamed axes, of views, and what `compile` or
// the call was told.
#pragma once
#include <algorithm>
#include <string>
#include <utility>

#include <kd/run/call.hpp>
#include <kd/run/refuse.hpp>

namespace kd::detail {

/// How messages name an input: `student logits`, `labels y`.
KD_COLD inline std::string title(const input_info& i) {
  return std::string(i.model) + " " + std::string(i.name);
}

/// Knows which input fixed each axis, for messages.
struct extents {
  bool known[max_axes]{};
  int from[max_axes]{};
};

/// The number of positions along the axes that a view shows.
inline std::int64_t extent_of_shown(const call& c, const view_step& step) {
  std::int64_t n = 1;
  for (int i = 0; i < step.axes; ++i) n *= c.extent[step.from[i]];
  return n;
}
/// The position that a view of one position shows; it may lie outside of the axis.
inline std::int64_t position_shown(const call& c, const view_step& step) {
  return step.first < 0 ? c.extent[step.from[0]] + step.first : step.first;
}
/// The part of a view whose extent follows from those of the others, `is_known` where they are;
/// -1 if there is none or several are unknown, the last part if all are known.
constexpr int part_that_follows(const view_step& step, const auto& is_known) {
  int unknown = -1, unknowns = 0;
  for (int j = 0; j < step.parts; ++j)
    if (!is_known(step.to[j])) unknown = step.to[j], ++unknowns;
  if (unknowns == 0 && step.parts > 0) return step.to[step.parts - 1];
  return unknowns == 1 ? unknown : -1;
}
/// Positions of a part of a view that shows n in all; -1 if the other parts do not divide them.
inline std::int64_t extent_of_part(const call& c, const view_step& step, int part, std::int64_t n) {
  std::int64_t others = 1;
  for (int j = 0; j < step.parts; ++j)
    if (step.to[j] != part) others *= c.extent[step.to[j]];
  if (others == 0) return n == 0 ? 0 : -1;
  return n % others == 0 ? n / others : -1;
}

/// Gives the axes that views make their extents.
class view_extents {
 public:
  view_extents(call& c, const graph_table& g, extents& e) : c_(c), g_(g), e_(e) {}

  /// Returns whether one was unknown.
  bool bind() {
    bool found = false;
    for (int k = 0; k < g_.inputs; ++k)
      for (int i = 0; i < g_.input[k].steps; ++i) found = bind(k, g_.input[k].step[i]) || found;
    return found;
  }

 private:
  call& c_;
  const graph_table& g_;
  extents& e_;

  std::string name(int axis) const { return "axis '" + std::string(g_.axis_name[axis]) + "'"; }

  bool bind(int k, const view_step& step) {
    for (int a = 0; a < step.axes; ++a)
      if (!e_.known[step.from[a]]) return false;
    const std::int64_t n = extent_of_shown(c_, step);
    const auto refuse_as = [&](sentence_part what, sentence_part by, sentence_part remedy) {
      refuse<shape_error>({name(step.from[0]), " of ", title(g_.input[k]), " has ",
                           c_.extent[step.from[0]], " positions and ", what, by, remedy});
    };
    if (step.is_position()) {
      const std::int64_t at = position_shown(c_, step);
      if (at < 0 || at >= n)
        refuse_as("at reads position ", step.first, "; bind more or read another");
      return false;
    }
    if (n < step.first + step.last)
      refuse_as("a slice drops ", step.first + step.last, "; bind more or drop fewer");
    const int part = part_that_follows(step, [&](int axis) { return e_.known[axis]; });
    if (part < 0) return false;
    const std::int64_t shown = extent_of_part(c_, step, part, n - step.first - step.last);
    if (shown < 0)
      refuse_as("is split into ", parts(step, part),
                ", which does not divide them; give extents whose product it is");
    return show(k, step, part, shown);
  }
  bool show(int k, const view_step& step, int part, std::int64_t n) {
    if (e_.known[part] && c_.extent[part] != n)
      refuse<shape_error>({name(part), " is ", c_.extent[part], " and a view of ",
                           name(step.from[0]), " of ", title(g_.input[k]), " shows ", n,
                           "; give the view's axis another name, or bind tensors that agree"});
    const bool found = !e_.known[part];
    if (found) e_.from[part] = k;
    e_.known[part] = true;
    c_.extent[part] = n;
    return found;
  }
  KD_COLD std::string parts(const view_step& step, int part) const {
    std::string s;
    for (int j = 0; j < step.parts; ++j)
      if (step.to[j] != part)
        s += (s.empty() ? "" : " x ") + name(step.to[j]) + " of " +
             std::to_string(c_.extent[step.to[j]]);
    return s;
  }
};

/// Gives renamed axes the extents of the axes they rename, in either direction, and views theirs.
inline void bind_renamed(call& c, const graph_table& g, extents& e) {
  for (bool found = true; found;) {
    found = view_extents(c, g, e).bind();
    for (int i = 0; i < g.renamings; ++i) {
      int from = g.renaming[i].from, to = g.renaming[i].to;
      if (!e.known[from]) std::swap(from, to);
      if (!e.known[from]) continue;
      if (e.known[to] && c.extent[to] != c.extent[from])
        refuse<shape_error>({"axis '", g.axis_name[to], "' is ", c.extent[to],
                             " and stands for axis '", g.axis_name[from], "', which is ",
                             c.extent[from], "; rename to an axis that no input has"});
      found = found || !e.known[to];
      c.extent[to] = c.extent[from];
      e.known[to] = true;
    }
  }
}

/// Throws shape_error if a value of the objective has more positions than an index can count.
inline void check_counts(const call& c, const graph_table& g) {
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
    refuse<shape_error>({"a part of the objective has ", names,
                         " positions, more than a 64-bit index counts; sum before you multiply"});
  }
}

/// Throws shape_error if a part of the objective is the largest, or the log-sum-exp, of no numbers.
inline void check_not_empty(const call& c, const graph_table& g) {
  if (std::find(c.extent, c.extent + g.axes, 0) == c.extent + g.axes) return;
  for (int i = 0; i < g.size; ++i) {
    const node& n = g[i];
    if ((n.code != op::max && n.code != op::log_sum_exp) || c.positions(n.axes) == 0) continue;
    for (int axis = 0; axis < g.axes; ++axis)
      if (contains(n.over, single(axis)) && c.extent[axis] == 0)
        refuse<shape_error>(
            {"axis '", g.axis_name[axis],
             "' is empty, and the objective takes a softmax or the largest along it; "
             "bind tensors with at least one position of it"});
  }
}

/// Extents of axes that no input has: those of renamed axes, then what was told, -1 for what was
/// not. Throws shape_error if one stays unknown.
inline void bind_others(call& c, const graph_table& g, extents& e, const std::int64_t* told) {
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
    refuse<shape_error>({"no tensor of the call has axis '", name,
                         "', so its extent is unknown; bind a tensor that has it, or say it to "
                         "kd::evaluate or kd::compile(objective, ",
                         name, "(10))"});
  }
  check_not_empty(c, g);
}

}  // namespace kd::detail
