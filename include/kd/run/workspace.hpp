// SPDX-License-Identifier: MIT
// Workspace: lays out the tensors that stages hand on for the extents of a call.
#pragma once
#include <kd/run/call.hpp>

namespace kd::detail {

/// Gives a kept tensor strides, row-major in the order of the graph's axes; results of contractions
/// have an order of their own.
inline void lay_out_axes(memory_view& v, const call& c, const program_table& p, int node) {
  axis_set groups[3] = {p.g[node].axes, 0, 0};
  for (int s = 0; s < p.stages; ++s)
    if (p.stage[s].kind == stage_kind::contract &&
        p.lifetime[p.buffer[p.stage[s].buffer[p.stage[s].c]].number].node == node)
      groups[0] = p.stage[s].batched, groups[1] = p.stage[s].rows, groups[2] = p.stage[s].columns;
  std::int64_t stride = 1;
  for (int k = 2; k >= 0; --k)
    for (int axis = max_axes - 1; axis >= 0; --axis)
      if (contains(groups[k], single(axis))) {
        v.stride[axis] = stride;
        stride *= c.extent[axis];
      }
}

/// Gives kept tensors their strides and finds their places; `enter_workspace` says where that is.
template <class T>
placement lay_out_kept(call& c, const program_table& p) {
  std::size_t size[max_buffers];
  for (int k = 0; k < p.kept; ++k) {
    const int node = p.lifetime[k].node;
    memory_view& v = c.kept[k] = {};
    v.type = element_of<T>();
    lay_out_axes(v, c, p, node);
    size[k] = rounded_up(static_cast<std::size_t>(c.positions(p.g[node].axes)) * sizeof(T));
  }
  return place(p, size);
}
inline void enter_workspace(call& c, const program_table& p, const placement& places,
                            std::byte* base) {
  for (int k = 0; k < p.kept; ++k) c.kept[k].data = base + places.offset[k];
}

}  // namespace kd::detail
