// SPDX-License-Identifier: MIT
// What happens before the stages run: extents are agreed on, scalars and labels checked.
#pragma once
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

#include <kd/dsl/axis.hpp>
#include <kd/graph/lower.hpp>
#include <kd/run/call.hpp>
#include <kd/run/extents.hpp>
#include <kd/run/finite.hpp>
#include <kd/run/numbers.hpp>
#include <kd/schedule/describe.hpp>
#include <kd/schedule/schedule.hpp>
#include <kd/schedule/shortest.hpp>

namespace kd::detail {

/// Refuses a tensor that cannot be bound to an input, or to its gradient. A good one costs no text.
template <class T>
void check_tensor(const graph_table& g, const input_info& info, const tensor_view<T>& view,
                  bool is_gradient) {
  const auto who = [&] { return (is_gradient ? "the gradient of " : "") + title(info); };
  if (view.rank != info.rank)
    refuse<shape_error>({title(info), " has ", info.rank, " axes and the tensor bound to ", who(),
                         " has ", view.rank});
  bool empty = false;
  for (int k = 0; k < info.rank; ++k) {
    if (view.extents[k] < 0)
      refuse<shape_error>({"axis '", g.axis_name[info.axis[k]], "' of ", who(),
                           " has a negative extent, ", view.extents[k]});
    empty = empty || view.extents[k] == 0;
  }
  if (view.data == nullptr && !empty)
    refuse<value_error>(
        {"the tensor bound to ", who(), " is a null pointer; bind memory that holds its elements"});
}

/// A tensor as the program sees it, with a stride per axis of the graph.
template <class T>
memory_view memory_of(const input_info& info, const tensor_view<T>& view) {
  memory_view m;
  m.data = view.data;
  m.type = element_of<std::remove_const_t<T>>();
  for (int k = 0; k < info.rank; ++k) m.stride[info.axis[k]] = view.strides[k];
  return m;
}

/// Takes a bound tensor into the call; its extents must agree with those known.
template <class T>
void bind_input(call& c, const graph_table& g, extents& e, int input, const tensor_view<T>& view) {
  const input_info& info = g.input[input];
  check_tensor(g, info, view, false);
  for (int k = 0; k < info.rank; ++k) {
    const int axis = info.axis[k];
    const std::int64_t extent = view.extents[k];
    if (e.known[axis] && c.extent[axis] != extent)
      refuse<shape_error>(
          {"axis '", g.axis_name[axis], "' is ", c.extent[axis], " in ",
           title(g.input[e.from[axis]]), " and ", extent, " in ", title(info),
           "; an axis has one extent in an objective, so bind tensors that agree or "
           "name the axes apart"});
    if (!e.known[axis]) e.from[axis] = input;
    e.known[axis] = true;
    c.extent[axis] = extent;
  }
  c.input[input] = memory_of(info, view);
}

/// Takes the destination of a gradient into the call; all extents are known.
template <class T>
void bind_destination(call& c, const graph_table& g, int input, const tensor_view<T>& view,
                      bool accumulate) {
  const input_info& info = g.input[input];
  check_tensor(g, info, view, true);
  const bool empty =
      std::find(view.extents, view.extents + info.rank, 0) != view.extents + info.rank;
  for (int k = 0; k < info.rank; ++k) {
    if (view.strides[k] == 0 && view.extents[k] > 1 && !empty)
      refuse<shape_error>({"the tensor given for the gradient of ", title(info),
                           " has stride 0 along axis '", g.axis_name[info.axis[k]],
                           "', so its elements share memory; give one whose elements do not"});
    if (c.extent[info.axis[k]] != view.extents[k])
      refuse<shape_error>({"the gradient of ", title(info), " has extent ", c.extent[info.axis[k]],
                           " along axis '", g.axis_name[info.axis[k]],
                           "' and the tensor given for it ", view.extents[k],
                           "; give one with the extents of ", title(info)});
  }
  c.gradient[input] = memory_of(info, view);
  c.gradient[input].accumulate = accumulate;
}

inline std::string names_of_axes(const graph_table& g) {
  std::string names;
  for (int axis = 0; axis < g.axes; ++axis)
    names.append(axis == 0 ? "" : ", ").append(g.axis_name[axis]);
  return names;
}

/// The axis of the graph that `who`, as compile or explain, was told an extent of.
inline int axis_told(const graph_table& g, const axis_extent& e, const std::string& who) {
  if (e.extent < 0)
    refuse<value_error>(
        {who, " was told that axis '", e.axis, "' is ", e.extent, "; an extent is 0 or more"});
  for (int axis = 0; axis < g.axes; ++axis)
    if (g.axis_name[axis] == e.axis) return axis;
  refuse<value_error>({who, " was told an extent of axis '", e.axis,
                       "', which the objective does not have; its axes are ", names_of_axes(g)});
}

/// The extents of all axes of an objective from those that explain was told.
inline call extents_told(const graph_table& g, std::initializer_list<axis_extent> told) {
  call c;
  extents e;
  for (const axis_extent& x : told) {
    const int axis = axis_told(g, x, "explain");
    c.extent[axis] = x.extent;
    e.known[axis] = true;
  }
  bind_renamed(c, g, e);
  for (int axis = 0; axis < g.axes; ++axis)
    if (!e.known[axis])
      refuse<value_error>({"explain was told no extent of axis '", g.axis_name[axis],
                           "'; give one for each of ", names_of_axes(g), ", or none"});
  return c;
}

/// Whether a value, its square and their inverses are positive numbers in the type that the kernel
/// computes in.
template <class T>
bool is_positive(double value) {
  const T rounded = static_cast<T>(value), square = rounded * rounded;
  return rounded > 0 && is_finite(square) && std::isnormal(square) && is_finite(1 / square) &&
         std::isnormal(1 / square);
}

/// Throws value_error unless a scalar is finite and in its range.
template <class T>
void check_scalar(const slot_info& info, const schedule& s, double value, double progress) {
  const bool inside = (info.range == range::any && is_finite(value)) ||
                      (info.range == range::positive && is_positive<T>(value)) ||
                      (info.range == range::fraction && value >= 0 && value <= 1);
  if (inside) return;
  const bool squares = info.range == range::positive && value > 0 && is_finite(value);
  refuse<value_error>(
      {(info.name.empty() ? "the number " + describe(s) + " of the objective"
                          : std::string(info.name)),
       " is ", shortest(value), " at progress ", shortest(progress), "; it must be ",
       (info.range == range::any        ? "finite"
        : info.range == range::fraction ? "between 0 and 1"
                                        : "positive and finite"),
       (squares ? ", and so must its square and 1 / its square in the type of the tensors" : "")});
}

/// Fills one scalar from its schedule; checks its range and that a parameter has one value.
template <class T>
void set_scalar(call& c, const graph_table& g, bool (&set)[max_slots], int slot, const schedule& s,
                double progress) {
  const double value = s(progress);
  check_scalar<T>(g.slot[slot], s, value, progress);
  if (set[slot] && c.scalar[slot] != value)
    refuse<value_error>({"parameter '", g.slot[slot].name, "' has two values, ",
                         shortest(c.scalar[slot]), " and ", shortest(value),
                         ", in one part of the objective; put each part into kd::named<\"...\">"});
  set[slot] = true;
  c.scalar[slot] = value;
}

/// The value of the node that says which label may be outside, not a number if there is none.
/// Throws value_error unless it is an integer that no other label is rounded to.
inline double ignored_label(const call& c, const graph_table& g, int node) {
  if (node < 0) return std::nan("");
  const bool is_slot = g[node].code == op::slot;
  const double value = is_slot ? c.scalar[g[node].payload] : g[node].value;
  if (value == std::trunc(value) && std::abs(value) < 0x1p53) return value;
  const std::string_view name = is_slot ? g.slot[g[node].payload].name : std::string_view();
  refuse<value_error>({name.empty() ? "an ignored label" : name, " is ", shortest(value),
                       "; it must be an integer below 2^53 in size"});
}

/// Checks that every label names a class or is one that its loss ignores.
inline void check_labels(const call& c, const graph_table& g) {
  for (int i = 0; i < g.size; ++i) {
    const op code = g[i].code;
    if (code != op::pick && code != op::scatter && code != op::one_hot) continue;
    const int first = code == op::one_hot ? 0 : 1;  // the labels, then the ignored one
    int at_labels = g[i].operand[first];
    while (g[at_labels].code == op::rename) at_labels = g[at_labels].operand[0];
    const node& labels = g[at_labels];
    if (labels.code != op::input) continue;
    const memory_view& view = c.input[labels.payload];
    const int axis = code == op::scatter ? g[i].payload : axis_of(g[i].over);
    const double ignored = ignored_label(c, g, g[i].operand[first + 1]);
    const odometer positions(c, labels.axes);
    const std::int64_t n = c.positions(labels.axes), classes = c.extent[axis];
    const bool is_unsigned = is_unsigned_64(view.type);
    for (std::int64_t at = 0; at < n; ++at) {
      const std::int64_t label = label_at(view, positions.offset(at, view.stride));
      if (label >= 0 && label < classes) continue;
      const auto above = static_cast<std::uint64_t>(label);  // what an unsigned one was
      if ((is_unsigned ? static_cast<double>(above) : static_cast<double>(label)) == ignored)
        continue;
      refuse<value_error>({title(g.input[labels.payload]), " holds ",
                           (is_unsigned ? std::to_string(above) : std::to_string(label)),
                           " at position ", at, ", which names no position of axis '",
                           g.axis_name[axis], "', of extent ", classes,
                           ", and is not ignored here"});
    }
  }
}

}  // namespace kd::detail
