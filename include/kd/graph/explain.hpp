// SPDX-License-Identifier: MIT
// Explain: prints what an objective became: inputs, graph, stages with their sweeps, and what they
// move through memory; the graph also for Graphviz.
#pragma once
#include <cstdio>
#include <string>

#include <kd/graph/program.hpp>

namespace kd::detail {

inline std::string join_axes(const graph& g, axis_set axes) {
  std::string s;
  for (int axis = 0; axis < max_axes; ++axis)
    if (contains(axes, single(axis))) s += (s.empty() ? "" : ", ") + std::string(g.axis_name[axis]);
  return s;
}

inline std::string padded(std::string s, std::size_t width) {
  s.resize(s.size() < width ? width : s.size(), ' ');
  return s;
}

class explainer {
 public:
  explicit explainer(const program& p) : p_(p), g_(p.g) {}

  std::string text() {
    inputs();
    nodes();
    stages();
    return text_;
  }

  /// The graph in Graphviz's language: inputs are ellipses, reductions boxes with thick borders,
  /// results have two borders.
  std::string graphviz() {
    text_ = "digraph objective {\n  rankdir=BT;\n  node [shape=box, fontname=\"monospace\"];\n";
    for (int i = 0; i < g_.size; ++i) {
      const node& n = g_[i];
      const std::string r = results(i);
      text_ += "  n" + std::to_string(i) + " [label=\"" + name(i) + "\\n(" + join_axes(g_, n.axes) +
               ")" + (r.empty() ? "" : "\\n" + r) + "\"";
      if (n.code == op::input) text_ += ", shape=ellipse";
      if (is_reduction(n.code)) text_ += ", penwidth=3";
      if (!r.empty()) text_ += ", peripheries=2";
      text_ += "];\n";
      for (int operand : n.operand)
        if (operand >= 0)
          text_ += "  n" + std::to_string(operand) + " -> n" + std::to_string(i) + ";\n";
    }
    return text_ + "}\n";
  }

 private:
  const program& p_;
  const graph& g_;
  std::string text_;

  std::string input_title(int k) const {
    return std::string(g_.input[k].model) + " " + std::string(g_.input[k].name);
  }

  void inputs() {
    text_ += "inputs\n";
    for (int k = 0; k < g_.inputs; ++k) {
      std::string axes;
      for (int a = 0; a < g_.input[k].rank; ++a)
        axes += (a == 0 ? "" : ", ") + std::string(g_.axis_name[g_.input[k].axis[a]]);
      text_ += "  " + padded(input_title(k), 22) + "(" + axes + ")" +
               (g_.input[k].differentiable() ? "  gradient" : "") + "\n";
    }
  }

  /// What a node is, without its operands.
  std::string name(int i) const {
    const node& n = g_[i];
    switch (n.code) {
      case op::input: return input_title(n.payload);
      case op::slot:
        return g_.slot[n.payload].name.empty() ? "number" : std::string(g_.slot[n.payload].name);
      case op::constant: {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%g", n.value);
        return digits;
      }
      case op::extent: return "extent of " + join_axes(g_, n.over);
      default: break;
    }
    std::string s = symbol_of(n.code);
    if (n.over != 0) s += "<" + join_axes(g_, n.over) + ">";
    if (n.code == op::rename)
      s += "<" + std::string(g_.axis_name[n.payload / max_axes]) + ", " +
           std::string(g_.axis_name[n.payload % max_axes]) + ">";
    return s;
  }
  std::string formula(int i) const {
    std::string s = name(i);
    for (int operand : g_[i].operand)
      if (operand >= 0) s += " %" + std::to_string(operand);
    return s;
  }

  /// What of the result a node is: the objective, named terms, gradients.
  std::string results(int i) const {
    std::string s;
    const auto add = [&](const std::string& what) { s += (s.empty() ? "" : "  ") + what; };
    if (i == g_.value) add("objective");
    for (int t = 0; t < g_.terms; ++t)
      if (g_.term[t].value == i) add(std::string(g_.term[t].name));
    for (int k = 0; k < g_.inputs; ++k)
      if (g_.gradient[k] == i) add("gradient of " + input_title(k));
    return s;
  }

  void nodes() {
    text_ += "graph\n";
    for (int i = 0; i < g_.size; ++i) {
      text_ += "  " + padded("%" + std::to_string(i), 6) + padded(formula(i), 40) + "(" +
               join_axes(g_, g_[i].axes) + ")";
      const std::string r = results(i);
      text_ += (r.empty() ? "" : "  " + r) + "\n";
    }
  }

  std::string buffer_title(const memory& m) const {
    if (m.kind == memory::input) return input_title(m.number);
    if (m.kind == memory::gradient) return "gradient of " + input_title(m.number);
    return "%" + std::to_string(m.number);
  }

  void stages() {
    for (int s = 0; s < p_.stages; ++s) {
      const stage_program& stage = p_.stage[s];
      text_ += "stage " + std::to_string(s + 1) + ": ";
      switch (stage.kind) {
        case stage_kind::scalars: text_ += "scalars\n"; continue;
        case stage_kind::contract:
          text_ += "contraction over (" + join_axes(g_, stage.inner) + ") into (" +
                   join_axes(g_, stage.outer) + ")\n";
          break;
        default:
          text_ += std::string(stage.kind == stage_kind::row_kernel ? "row kernel" : "map-reduce") +
                   ", rows (" + join_axes(g_, stage.outer) + "), along (" +
                   join_axes(g_, stage.inner) + "), " + std::to_string(stage.phases) +
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
