// SPDX-License-Identifier: MIT
// The program of a partition: its stages as instructions, in the order in which they run.
#pragma once
#include <kd/graph/lifetimes.hpp>
#include <kd/graph/order_stages.hpp>
#include <kd/graph/schedule_stages.hpp>

namespace kd::detail {

/// A program without instructions; its graph is full if it is too large.
constexpr program begin_program(const partitioned& parts) {
  program p;
  p.g = parts.g;
  if (!parts.complete && !p.g.full) p.g.has_room(max_stages, max_stages, limit::stages);
  if (p.g.full) return p;
  for (int i = 0; i < p.g.size; ++i) {
    p.scalar_of[i] = -1;
    const bool total_or_scalar = parts.stored[i] && p.g[i].axes == 0;
    if (p.g[i].code == op::slot) p.scalar_of[i] = p.g[i].payload;
    else if (total_or_scalar) p.scalar_of[i] = static_cast<std::int16_t>(p.g.slots + p.scalars++);
    p.is_kept[i] = parts.stored[i] && p.g[i].axes != 0;
  }
  p.scalars += p.g.slots;
  p.g.has_room(p.scalars, max_scalars + 1, limit::scalars);
  return p;
}
/// Adds the instructions of the next stages, at most as many; whether none is left.
constexpr bool schedule_more(program& p, const partitioned& parts, int stages) {
  for (int made = 0; made < stages && p.stages < parts.size && !p.g.full; ++made) {
    stage_scheduler(p, parts, parts.stages[p.stages]).run();
    ++p.stages;
  }
  return p.stages == parts.size || p.g.full;
}
constexpr program finish_program(program p) {
  order_stages(p);
  find_lifetimes(p);
  return p;
}

/// The program of the stages of a partition.
constexpr program schedule_program(const partitioned& parts) {
  program p = begin_program(parts);
  schedule_more(p, parts, max_stages);
  return finish_program(p);
}
/// The program of a differentiated and simplified graph.
constexpr program schedule_program(const graph& simplified) {
  return schedule_program(partition(expand(simplified)));
}

}  // namespace kd::detail
