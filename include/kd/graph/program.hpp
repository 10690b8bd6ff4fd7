// SPDX-License-Identifier: MIT
// The program of a plan: per stage flat lists of instructions with register numbers, which is all
// that templates see.
#pragma once
#include <kd/graph/partition.hpp>

namespace kd::detail {

enum class action : std::uint8_t {
  compute,         // register = operation `code` on registers
  load,            // register = memory: along the row if wide, else the row's value
  scalar,          // register = a scalar: a slot, or a value that an earlier stage computed
  constant,        // register = the constant of node `number`
  extent,          // register = what the call knows of node `number`: positions, a unit roundoff
  position,        // register = the position along the row
  load_index,      // index register = labels in memory: along the row if wide, else the row's label
  position_index,  // index register = the position along the row
  scalar_index,    // index register = a scalar or constant: the label that is ignored
  compare,         // register = comparison `code` of index registers
  pick,            // register = buffer at the class that labels name
  fold,            // register = reduction `code` of register a over the row
  total,           // scalar += register a, once per row
  store,           // memory = register a
  store_scalar,    // scalar = register a
  keep,
  reload,  // register to and from the row's scratch memory
};

struct instruction {
  action what = action::compute;
  op code = op::constant;
  bool wide = false;     // memory along the row
  std::int16_t to = -1;  // register
  std::int16_t a = -1, b = -1, c = -1;
  std::int16_t number = -1;  // buffer, scalar, scratch row, or node
};

/// A tensor in memory as a stage sees it: an input, a kept value or a gradient, with axes renamed.
struct memory {
  enum kind_t : std::uint8_t { input, kept, gradient } kind = input;
  std::int16_t number = -1;  // of the input, or of the kept value
  std::int16_t node = -1;    // that it is, where it is no gradient
  std::int8_t
      axis[max_axes]{};  // the source's axis behind each axis of the view, -1 if it has none

  /// Equal nodes are one, and a gradient has the axes of its input.
  friend constexpr bool operator==(const memory& x, const memory& y) {
    return x.kind == y.kind && x.number == y.number && x.node == y.node;
  }
};

/// How the rows of a buffer are found by labels: picked there, or added there to a row of zeros.
struct label_access {
  enum kind_t : std::uint8_t { none, picks, scatters, counts } kind = none;  // counts: adds 1
  std::int16_t labels = -1;  // the stage's number of their buffer
  std::int8_t axis = -1;     // that they name positions of
  axis_set added = 0;        // axes of the labels that a row is the sum over

  friend constexpr bool operator==(const label_access&, const label_access&) = default;
};

struct section {
  int begin = 0, end = 0;
};

inline constexpr int max_instructions = 8192, max_buffers = 512, max_scalars = 512;

struct stage_program {
  stage_kind kind = stage_kind::scalars;
  axis_set outer = 0, inner = 0;
  int phases = 0, registers = 0, kept_rows = 0;  // kept_rows: rows of scratch memory
  section code;                                  // all that follow
  section uniform, row;                          // before the rows; at the start of a row
  section body[max_phases], fold[max_phases],
      after[max_phases];       // along the row; its reductions; what they give
  int a = -1, b = -1, c = -1;  // of a contraction: buffers
  axis_set batched = 0, rows = 0,
           columns = 0;     // of a contraction: axes of both sides, of a only, of b only
  bool zero_stays = false;  // of a contraction: skips_zeros in graph.hpp
  int totals = 0;           // scalars that sum row values
  std::int16_t total[max_totals]{};
  int buffers = 0;  // buffers that this stage touches
  std::int16_t buffer[max_row_buffers]{};
  bool wide[max_row_buffers]{}, written[max_row_buffers]{};
  bool as_index[max_row_buffers]{};  // labels along the row, read as indices
  label_access by[max_row_buffers]{};
};

/// The stages between which a kept tensor is alive: the one that writes it, the last that reads it.
struct lifetime_of_tensor {
  int node = -1, first = 0, last = 0;
};
constexpr bool alive_together(const lifetime_of_tensor& a, const lifetime_of_tensor& b) {
  return a.first <= b.last && b.first <= a.last;
}

struct program {
  graph g;
  int stages = 0, buffers = 0, scalars = 0, instructions = 0;
  stage_program stage[max_stages]{};
  memory buffer[max_buffers]{};
  instruction code[max_instructions]{};
  std::int16_t scalar_of[max_nodes]{};  // scalar that holds a node's value, -1 if none
  bool is_kept[max_nodes]{};            // nodes that are tensors in the workspace
  int kept = 0;                         // of these, those that stages touch, by number:
  std::int16_t number_of[max_nodes]{};  // + 1
  lifetime_of_tensor lifetime[max_buffers]{};
};

}  // namespace kd::detail
