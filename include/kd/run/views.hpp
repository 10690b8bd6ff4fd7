// SPDX-License-Identifier: MIT
// Views at a call: their extents, their memory in that of their source, and the gradient of a
// source, which its views and its own use make together.
#pragma once
#include <cstring>
#include <string>

#include <kd/run/overlap.hpp>
#include <kd/run/prepare.hpp>

namespace kd::detail {

/// The memory of an input, or of its gradient, as its view sees it.
inline memory_view seen_through(const call& c, const graph_table& g, const input_info& view,
                                memory_view m) {
  for (int i = 0; i < view.steps; ++i) {
    const view_step& step = view.step[i];
    const int last = step.from[step.axes - 1];
    std::int64_t stride = m.stride[last], expected = stride * c.extent[last];
    bool empty = c.extent[last] == 0, walks = true, is_first = c.extent[last] == 1;
    for (int k = step.axes - 2; k >= 0; --k) {  // of a merge
      const int axis = step.from[k];
      empty = empty || c.extent[axis] == 0;
      if (c.extent[axis] == 1) continue;
      if (is_first) stride = m.stride[axis];
      walks = walks && (is_first || m.stride[axis] == expected);
      expected = m.stride[axis] * c.extent[axis];
      is_first = false;
    }
    if (!walks && !empty)
      refuse<shape_error>({title(view), " is merged into axis '", g.axis_name[step.to[0]],
                           "', and the memory of its tensor or gradient cannot be walked as one "
                           "axis; bind one that is contiguous along these axes"});
    const std::int64_t first = step.is_position() ? position_shown(c, step) : step.first;
    if (first != 0 && !empty)
      m.data = visit_element(m.type, m.data, [&](auto* data) {
        return static_cast<const void*>(data + first * stride);
      });
    for (int k = 0; k < step.axes; ++k) m.stride[step.from[k]] = 0;
    for (int j = step.parts - 1; j >= 0; --j) {
      m.stride[step.to[j]] = stride;
      stride *= c.extent[step.to[j]];
    }
  }
  return m;
}

/// Extents of views for those that compile was told, -1 for what it was not.
inline void reserve_views(call& c, const graph_table& g, const std::int64_t* told) {
  for (int k = 0; k < g.inputs; ++k)
    for (int i = 0; i < g.input[k].steps; ++i) {
      const view_step& step = g.input[k].step[i];
      const bool splits = step.parts > 1;
      const int part = part_that_follows(step, [&](int axis) { return splits && told[axis] >= 0; });
      if (part < 0 || (splits && told[part] >= 0)) continue;
      const std::int64_t n = extent_of_shown(c, step) - step.first - step.last;
      c.extent[part] = n < 0 ? 0 : std::max<std::int64_t>(extent_of_part(c, step, part, n), 0);
    }
}

/// Takes the views of bound tensors into the call.
inline void bind_views(call& c, const graph_table& g) {
  for (int k = 0; k < g.inputs; ++k)
    if (g.input[k].is_view())
      c.input[k] = seen_through(c, g, g.input[k], c.input[g.input[k].source]);
}

constexpr bool has_gradient(const graph_table& g, int source) {
  bool has = g.gradient[source] >= 0;
  for (int k = 0; k < g.inputs; ++k)
    has = has || (g.input[k].source == source && g.gradient[k] >= 0);
  return has;
}

/// Prepares the gradients of inputs that have views: where several make one they add to it, and
/// what no view shows of it is 0.
class view_gradients {
 public:
  view_gradients(call& c, const graph_table& g) : c_(c), g_(g) {
    for (int source = 0; source < g.inputs; ++source)
      if (g.input[source].differentiable() && !g.input[source].is_view()) place(source);
  }

  /// Writes zeros. Throws value_error before if the memory belongs to an input as well.
  void clear() const {
    for (int k = 0; k < g_.inputs; ++k)
      if (shared_[k]) check_apart(k);
    for (int k = 0; k < g_.inputs; ++k)
      if (zeroed_[k]) write_zeros(k);
  }

 private:
  call& c_;
  const graph_table& g_;
  bool shared_[max_inputs]{}, zeroed_[max_inputs]{};
  // The only view that writes a gradient, if it is one slice or position; else -1.
  int slice_[max_inputs]{};

  void place(int source) {
    int parts = g_.gradient[source] >= 0 ? 1 : 0, views = 0;
    bool whole = true;
    for (int k = 0; k < g_.inputs; ++k) {
      if (g_.input[k].source != source || g_.gradient[k] < 0) continue;
      c_.gradient[k] = seen_through(c_, g_, g_.input[k], c_.gradient[source]);
      slice_[source] = k;
      ++views;
      for (int i = 0; i < g_.input[k].steps; ++i) {
        const view_step& step = g_.input[k].step[i];
        whole = whole && !step.is_position() && step.first + step.last == 0;
      }
    }
    parts += views;
    if (parts != 1 || views != 1 || g_.input[slice_[source]].steps != 1 ||
        g_.input[slice_[source]].step[0].axes != 1 || g_.input[slice_[source]].step[0].parts > 1)
      slice_[source] = -1;
    shared_[source] = views > 0 && (parts > 1 || !whole);
    zeroed_[source] = shared_[source] && !c_.gradient[source].accumulate;
    if (parts < 2 || views == 0) return;
    c_.gradient[source].accumulate = true;
    for (int k = 0; k < g_.inputs; ++k)
      if (g_.input[k].source == source) c_.gradient[k].accumulate = true;
  }

  void check_apart(int source) const {
    const region written(c_.gradient[source], c_.extent, axes_of(g_.input[source]));
    for (int k = 0; k < g_.inputs; ++k)
      if (!g_.input[k].is_view() &&
          written.meets(region(c_.input[k], c_.extent, axes_of(g_.input[k]))))
        refuse<value_error>({"the gradient of ", title(g_.input[source]),
                             ", which is sliced or used in several ways, is to be written over ",
                             title(g_.input[k]), "; give it memory of its own"});
  }

  /// All of a gradient; of one that a single slice writes, what the slice drops.
  void write_zeros(int source) const {
    if (slice_[source] < 0) return write_zeros(source, 0, 0, -1);
    const view_step& step = g_.input[slice_[source]].step[0];
    const int axis = step.from[0];
    const std::int64_t n = c_.extent[axis], at = position_shown(c_, step);
    const std::int64_t first = step.is_position() ? at : step.first,
                       last = step.is_position() ? n - 1 - at : step.last;
    write_zeros(source, axis, 0, first);
    write_zeros(source, axis, n - last, last);
  }
  /// Positions [begin, begin + count) along an axis; all if count is -1.
  void write_zeros(int source, int along, std::int64_t begin, std::int64_t count) const {
    const memory_view& m = c_.gradient[source];
    const auto extent = [&](int axis) {
      return axis == along && count >= 0 ? count : c_.extent[axis];
    };
    axis_set apart = 0;
    std::int64_t n = 1, length = 1;  // rows, and along the axis with stride 1, if there is one
    for (int a = 0; a < g_.input[source].rank; ++a) {
      const int axis = g_.input[source].axis[a];
      const bool contiguous = m.stride[axis] == 1 && length == 1;
      if (!contiguous) apart |= single(axis);
      (contiguous ? length : n) *= extent(axis);
    }
    odometer rows(c_, apart);
    for (int k = 0; k < rows.rank; ++k) rows.extent[k] = extent(rows.axis[k]);
    visit_floating(m.type, m.data, [&](auto* data) {
      using element_type = std::remove_const_t<std::remove_pointer_t<decltype(data)>>;
      auto* to = const_cast<element_type*>(data);
      if (n * length == 0) return;
      for (std::int64_t i = 0; i < n; ++i)
        std::memset(to + begin * m.stride[along] + rows.offset(i, m.stride), 0,
                    static_cast<std::size_t>(length) * sizeof(element_type));
    });
  }
};

}  // namespace kd::detail
