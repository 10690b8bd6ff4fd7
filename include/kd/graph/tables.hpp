// SPDX-License-Identifier: MIT
// What a call reads of a graph and of a program: tables as long as these need. The arrays that
// passes fill have room for the largest objective, and stay in the compiler.
#pragma once
#include <kd/graph/program.hpp>

namespace kd::detail {

struct graph_table {
  int size, inputs, slots, axes, terms, renamings, reasons, value;
  const node* nodes;
  const input_info* input;
  const slot_info* slot;
  const std::string_view* axis_name;
  const term_info* term;
  const struct renaming* renaming;
  const std::string_view* reason;
  const int* gradient;

  /// Of any object with the arrays of a graph.
  template <class Arrays>
  constexpr graph_table(const graph& whole, const Arrays& arrays)
      : size(whole.size),
        inputs(whole.inputs),
        slots(whole.slots),
        axes(whole.axes),
        terms(whole.terms),
        renamings(whole.renamings),
        reasons(whole.reasons),
        value(whole.value),
        nodes(arrays.nodes),
        input(arrays.input),
        slot(arrays.slot),
        axis_name(arrays.axis_name),
        term(arrays.term),
        renaming(arrays.renaming),
        reason(arrays.reason),
        gradient(arrays.gradient) {}
  constexpr graph_table(const graph& whole) : graph_table(whole, whole) {}

  constexpr const node& operator[](int i) const { return nodes[i]; }
};

struct program_table {
  graph_table g;
  int stages, buffers, scalars, kept;
  const stage_program* stage;
  const memory* buffer;
  const instruction* code;
  const std::int16_t* scalar_of;
  const lifetime_of_tensor* lifetime;

  template <class Arrays>
  constexpr program_table(const program& whole, const graph_table& of_graph, const Arrays& arrays)
      : g(of_graph),
        stages(whole.stages),
        buffers(whole.buffers),
        scalars(whole.scalars),
        kept(whole.kept),
        stage(arrays.stage),
        buffer(arrays.buffer),
        code(arrays.code),
        scalar_of(arrays.scalar_of),
        lifetime(arrays.lifetime) {}
  constexpr program_table(const program& whole) : program_table(whole, whole.g, whole) {}
};

constexpr int at_least_one(int n) { return n > 0 ? n : 1; }

template <int Nodes, int Inputs, int Slots, int Axes, int Terms, int Renamings, int Reasons>
struct graph_arrays {
  node nodes[at_least_one(Nodes)]{};
  input_info input[at_least_one(Inputs)]{};
  slot_info slot[at_least_one(Slots)]{};
  std::string_view axis_name[at_least_one(Axes)]{};
  term_info term[at_least_one(Terms)]{};
  struct renaming renaming[at_least_one(Renamings)]{};
  std::string_view reason[at_least_one(Reasons)]{};
  int gradient[at_least_one(Inputs)]{};
};

template <class T, int N, int Room>
constexpr void copy_first(const T (&from)[Room], T (&to)[N]) {
  for (int i = 0; i < N; ++i) to[i] = from[i];
}

/// Source::get() is a graph that the compiler knows.
template <class Source>
struct stored_graph {
  static constexpr auto arrays = [] {
    constexpr const graph& whole = Source::get();
    graph_arrays<whole.size, whole.inputs, whole.slots, whole.axes, whole.terms, whole.renamings,
                 whole.reasons>
        a;
    copy_first(whole.nodes, a.nodes), copy_first(whole.input, a.input),
        copy_first(whole.slot, a.slot);
    copy_first(whole.axis_name, a.axis_name), copy_first(whole.term, a.term);
    copy_first(whole.renaming, a.renaming), copy_first(whole.reason, a.reason);
    copy_first(whole.gradient, a.gradient);
    return a;
  }();
  static constexpr graph_table table{Source::get(), arrays};
};

template <int Stages, int Buffers, int Instructions, int Nodes, int Kept>
struct program_arrays {
  stage_program stage[at_least_one(Stages)]{};
  memory buffer[at_least_one(Buffers)]{};
  instruction code[at_least_one(Instructions)]{};
  std::int16_t scalar_of[at_least_one(Nodes)]{};
  lifetime_of_tensor lifetime[at_least_one(Kept)]{};
};

/// Source::get() is a program that the compiler knows.
template <class Source>
struct stored_program {
  struct its_graph {
    static constexpr const graph& get() { return Source::get().g; }
  };
  static constexpr auto arrays = [] {
    constexpr const program& whole = Source::get();
    program_arrays<whole.stages, whole.buffers, whole.instructions, whole.g.size, whole.kept> a;
    copy_first(whole.stage, a.stage), copy_first(whole.buffer, a.buffer),
        copy_first(whole.code, a.code);
    copy_first(whole.scalar_of, a.scalar_of), copy_first(whole.lifetime, a.lifetime);
    return a;
  }();
  static constexpr program_table table{Source::get(), stored_graph<its_graph>::table, arrays};
};

}  // namespace kd::detail
