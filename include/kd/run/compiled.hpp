// SPDX-License-Identifier: MIT
// From an expression type to its program. Kernels are keyed on a short tag, the hash of the
// expression's structure, so that symbols and error messages stay short; a friend function leads
// from the tag back to the expression.
#pragma once
#include <kd/dsl/tag.hpp>
#include <kd/graph/differentiate.hpp>
#include <kd/graph/schedule_program.hpp>
#include <kd/graph/tables.hpp>

namespace kd::detail {

// Compilers limit the steps that one constant may take, so a long pass is a row of constants, each
// of which goes on where the one before stopped.

/// About as many stages of a graph as a constant may make.
constexpr int stages_at_once(int nodes) { return 1 + 6000 / (nodes + 1); }

template <class Compiled, int Round>
struct partition_round {
  static constexpr partitioner value = [] {
    partitioner p = [] {
      if constexpr (Round == 0) return partitioner(Compiled::expanded);
      else return partition_round<Compiled, Round - 1>::value;
    }();
    p.advance(stages_at_once(Compiled::expanded.size));
    return p;
  }();
};
template <class Compiled, int Round = 0>
constexpr partitioned partition_in_rounds() {
  if constexpr (partition_round<Compiled, Round>::value.done())
    return partition_round<Compiled, Round>::value.result();
  else return partition_in_rounds<Compiled, Round + 1>();
}

template <class Compiled, int Round>
struct program_round {
  static constexpr program value = [] {
    program p = [] {
      if constexpr (Round == 0) return begin_program(Compiled::parts);
      else return program_round<Compiled, Round - 1>::value;
    }();
    schedule_more(p, Compiled::parts, stages_at_once(p.g.size));
    return p;
  }();
  static constexpr bool done = value.stages == Compiled::parts.size || value.g.full;
};
template <class Compiled, int Round = 0>
constexpr program program_in_rounds() {
  if constexpr (program_round<Compiled, Round>::done)
    return finish_program(program_round<Compiled, Round>::value);
  else return program_in_rounds<Compiled, Round + 1>();
}

/// Everything known at compile time about the expression behind a tag. Pass by pass, because clang
/// limits the steps that a constant may take.
template <class Tag>
struct compiled {
  static constexpr lowering lowered = lower<expression_behind<Tag>>();
  static constexpr graph differentiated = [] {
    graph result = lowered.g;
    if (result[result.value].axes == 0) differentiate(result);
    return result;
  }();
  static constexpr graph simplified = simplify(differentiated);
  static constexpr graph expanded = expand(simplified);
  static constexpr partitioned parts = partition_in_rounds<compiled>();
  static constexpr program value = program_in_rounds<compiled>();
  static constexpr mistake found = lowered.found != mistake::none ? lowered.found
                                   : value.g.full                 ? mistake::too_large
                                                                  : mistake::none;
};

/// What a call reads of a compiled objective: its program, and its graph as it was written.
template <class Compiled>
struct program_of {
  static constexpr const program& get() { return Compiled::value; }
};
template <class Compiled>
struct written_graph_of {
  static constexpr const graph& get() { return Compiled::lowered.g; }
};
template <class Compiled>
struct tables {
  static constexpr program_table program = stored_program<program_of<Compiled>>::table;
  static constexpr graph_table written = stored_graph<written_graph_of<Compiled>>::table;
};
/// The slots of an objective's scalars, in the order of the walk.
template <class Compiled>
struct scalar_slots {
  static constexpr int scalars = Compiled::lowered.occurrences;
  struct list {
    std::int16_t of[scalars + 1]{};  // -1 if nobody reads it
  };
  static constexpr list slot = [] {
    list s;
    for (int k = 0; k < scalars; ++k)
      s.of[k] = static_cast<std::int16_t>(Compiled::lowered.slot_of_scalar(k));
    return s;
  }();
};

}  // namespace kd::detail
