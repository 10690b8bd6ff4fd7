// SPDX-License-Identifier: MIT
// Explain: prints what an objective became: inputs, graph, stages with their sweeps, and what they
// move through memory.
#pragma once
#include <string>

#include <kd/graph/graph_text.hpp>
#include <kd/graph/program.hpp>

namespace kd::detail {

class explainer {
 public:
  explicit explainer(const program& p) : p_(p), g_(p.g), names_(p.g) {}

  std::string text() {
    inputs();
    nodes();
    stages();
    return text_;
  }

 private:
  const program& p_;
  const graph& g_;
  const graph_text names_;
  std::string text_;

  void inputs() {
    text_ += "inputs\n";
    for (int k = 0; k < g_.inputs; ++k) {
      std::string axes;
      for (int a = 0; a < g_.input[k].rank; ++a)
        axes += (a == 0 ? "" : ", ") + std::string(g_.axis_name[g_.input[k].axis[a]]);
      text_ += "  " + padded(names_.input(k), 22) + "(" + axes + ")" +
               (g_.input[k].differentiable() ? "  gradient" : "") + "\n";
    }
  }

  void nodes() {
    text_ += "graph\n";
    for (int i = 0; i < g_.size; ++i) {
      text_ += "  " + padded(names_.line(i), 46) + "(" + names_.axes(g_[i].axes) + ")";
      const std::string r = names_.results(i);
      text_ += (r.empty() ? "" : "  " + r) + "\n";
    }
  }

  std::string buffer_title(const memory& m) const {
    if (m.kind == memory::input) return names_.input(m.number);
    if (m.kind == memory::gradient) return "gradient of " + names_.input(m.number);
    return "%" + std::to_string(m.number);
  }

  void stages() {
    for (int s = 0; s < p_.stages; ++s) {
      const stage_program& stage = p_.stage[s];
      text_ += "stage " + std::to_string(s + 1) + ": ";
      switch (stage.kind) {
        case stage_kind::scalars: text_ += "scalars\n"; continue;
        case stage_kind::contract:
          text_ += "contraction over (" + names_.axes(stage.inner) + ") into (" +
                   names_.axes(stage.outer) + ")\n";
          break;
        default:
          text_ += std::string(stage.kind == stage_kind::row_kernel ? "row kernel" : "map-reduce") +
                   ", rows (" + names_.axes(stage.outer) + "), along (" + names_.axes(stage.inner) +
                   "), " + std::to_string(stage.phases) +
                   (stage.phases == 1 ? " sweep" : " sweeps") + ", " +
                   std::to_string(stage.kept_rows) + " rows of scratch\n";
      }
      for (int k = 0; k < stage.buffers; ++k)
        text_ += "  " + padded(stage.written[k] ? "writes" : "reads", 8) +
                 padded(buffer_title(p_.buffer[stage.buffer[k]]), 30) +
                 (stage.wide[k] ? "once\n" : "one value per row\n");
      for (int phase = 0; phase < stage.phases; ++phase) sweep(stage, phase);
    }
  }

  void sweep(const stage_program& stage, int phase) {
    int operations = 0;
    for (int i = stage.body[phase].begin; i < stage.body[phase].end; ++i)
      operations += p_.code[i].what == action::compute;
    std::string folds;
    for (int i = stage.fold[phase].begin; i < stage.fold[phase].end; ++i)
      folds += (folds.empty() ? "" : ", ") + std::string(symbol_of(p_.code[i].code));
    text_ += "  sweep " + std::to_string(phase + 1) + ": " + std::to_string(operations) +
             " operations per element" + (folds.empty() ? "" : "; reduces " + folds) + "\n";
  }
};

}  // namespace kd::detail
