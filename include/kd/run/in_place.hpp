// SPDX-License-Identifier: MIT
// A gradient may lie where an input lies, element upon element, if the program has read each
// element when it writes there. Any other memory that a gradient shares is refused before a call.
#pragma once
#include <string>

#include <kd/graph/program.hpp>
#include <kd/run/extents.hpp>
#include <kd/run/overlap.hpp>

namespace kd::detail {

/// Whether input `read` may have the memory of the gradient of input `written`.
constexpr bool is_read_before(const program_table& p, int read, int written) {
  int writer = -1, store = -1, to = -1;  // stage, instruction, the stage's number of the buffer
  const auto is = [&](const stage_program& s, int k, memory::kind_t kind, int number) {
    const memory& m = p.buffer[s.buffer[k]];
    return m.kind == kind && m.number == number;
  };
  for (int s = 0; s < p.stages; ++s)
    for (int k = 0; k < p.stage[s].buffers; ++k)
      if (is(p.stage[s], k, memory::gradient, written)) writer = s, to = k;
  if (writer < 0) return false;
  for (int i = p.stage[writer].code.end - 1; i >= p.stage[writer].code.begin; --i)
    if (p.code[i].what == action::store && p.code[i].number == to) store = i;

  for (int s = writer; s < p.stages; ++s) {
    const stage_program& stage = p.stage[s];
    for (int k = 0; k < stage.buffers; ++k) {
      if (!is(stage, k, memory::input, read)) continue;
      if (s > writer || stage.kind == stage_kind::contract ||
          stage.by[k].kind != label_access::none)
        return false;
      const memory &of_read = p.buffer[stage.buffer[k]], &of_store = p.buffer[stage.buffer[to]];
      for (int axis = 0; axis < max_axes;
           ++axis)  // another row would be read, as of a renamed axis
        if (of_read.axis[axis] != of_store.axis[axis]) return false;
      for (int i = store; i < stage.code.end; ++i)
        if ((p.code[i].what == action::load && p.code[i].number == k) ||
            (p.code[i].what == action::pick && p.code[i].a == k))
          return false;
    }
  }
  return true;
}

/// Throws value_error if a gradient is to be written over what the program reads later, over a part
/// of a tensor, over another gradient or over itself.
KD_NOINLINE inline void check_memory(const call& c, const program_table& p) {
  const graph_table& g = p.g;
  const auto bytes_of = [&](const memory_view& m, int k) {
    return region(m, c.extent, axes_of(g.input[k]));
  };
  const auto source = [&](int k) { return g.input[k].is_view() ? g.input[k].source : k; };
  for (int k = 0; k < g.inputs; ++k) {
    if (g.gradient[k] < 0) continue;
    const memory_view& to = c.gradient[k];
    const region written = bytes_of(to, k);
    if (written.meets_itself())
      refuse<value_error>(
          {"elements of the tensor given for the gradient of ", title(g.input[k]),
           " share memory with each other; give one whose strides keep them apart"});
    for (int other = 0; other < k; ++other)
      if (g.gradient[other] >= 0 && source(other) != source(k) &&
          written.meets(bytes_of(c.gradient[other], other)))
        refuse<value_error>(
            {"the gradients of ", title(g.input[other]), " and of ", title(g.input[k]),
             " share memory; give each memory of its own, and add them afterwards if "
             "that is meant"});
    for (int read = 0; read < g.inputs; ++read) {
      const memory_view& from = c.input[read];
      if (!written.meets(bytes_of(from, read))) continue;
      bool same = from.data == to.data && from.type == to.type &&
                  axes_of(g.input[read]) == axes_of(g.input[k]);
      for (int axis = 0; axis < max_axes; ++axis)
        same = same && (from.stride[axis] == to.stride[axis] || c.extent[axis] == 1);
      if (!same || !is_read_before(p, read, k))
        refuse<value_error>({"the gradient of ", title(g.input[k]), " is to be written over ",
                             (same ? title(g.input[read]) + ", which is still read then"
                                   : "a part of " + title(g.input[read])),
                             "; give it memory of its own"});
    }
  }
}

}  // namespace kd::detail
