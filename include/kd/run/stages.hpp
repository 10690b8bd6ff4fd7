// SPDX-License-Identifier: MIT
// Runs the stages of a program one after another on a backend, with one workspace for all of them.
#pragma once
#include <algorithm>

#include <kd/run/compiled.hpp>
#include <kd/run/contraction.hpp>
#include <kd/run/label_contraction.hpp>
#include <kd/run/prepare.hpp>
#include <kd/run/rows.hpp>
#include <kd/run/workspace.hpp>

namespace kd::detail {

/// Whether labels move rows of an operand of a contraction.
constexpr bool is_by_labels(const stage_program& s) {
  const auto moved = [&](int k) { return k >= 0 && s.by[k].kind != label_access::none; };
  return s.kind == stage_kind::contract && (moved(s.a) || moved(s.b));
}

/// A backend's matrix product; a type of its own, so that stages share what is made with it.
template <class Backend>
struct product_of {
  void operator()(auto a, auto b, auto out) const { Backend::product(a, b, out); }
};

template <class Compiled, int Stage, class T, class Backend>
struct stage_runner {
  static constexpr stage_kind kind = Compiled::value.stage[Stage].kind;
  static constexpr bool by_labels = is_by_labels(Compiled::value.stage[Stage]);
  static constexpr const program_table& program = tables<Compiled>::program;
  using lanes = typename Backend::template lanes<T>;

  static std::size_t scratch_bytes(call& c) {
    if constexpr (kind == stage_kind::scalars) return 0;
    else if constexpr (by_labels)
      return label_contraction<T>(c, program, program.stage[Stage]).scratch_bytes();
    else if constexpr (kind == stage_kind::contract)
      return contraction<T>(c, program, program.stage[Stage]).scratch_bytes();
    else return row_stage<Compiled, Stage, lanes>(c).scratch_bytes();
  }
  static void run(call& c, std::byte* scratch) {
    if constexpr (kind == stage_kind::scalars) run_scalars<Compiled, Stage>(c);
    else if constexpr (by_labels)
      label_contraction<T>(c, program, program.stage[Stage]).run(scratch);
    else if constexpr (kind == stage_kind::contract)
      contraction<T>(c, program, program.stage[Stage]).run(scratch, product_of<Backend>{});
    else row_stage<Compiled, Stage, lanes>(c).run(scratch);
  }
};

/// Lays out the workspace for the extents of a call; returns the scratch memory of the stages.
template <class Compiled, class T, class Backend, int... Stage>
std::byte* lay_out(call& c, arena& workspace, std::integer_sequence<int, Stage...>) {
  const placement kept = lay_out_kept<T>(c, tables<Compiled>::program);
  std::size_t scratch = 0;
  ((scratch = std::max(scratch, stage_runner<Compiled, Stage, T, Backend>::scratch_bytes(c))), ...);
  std::byte* base = workspace.reserve(kept.bytes + scratch);
  enter_workspace(c, tables<Compiled>::program, kept, base);
  return base + kept.bytes;
}

template <class Compiled, class T, class Backend, int... Stage>
void run_stages(call& c, arena& workspace, std::integer_sequence<int, Stage...> stages) {
  std::byte* scratch = lay_out<Compiled, T, Backend>(c, workspace, stages);
  (stage_runner<Compiled, Stage, T, Backend>::run(c, scratch), ...);
}

}  // namespace kd::detail
