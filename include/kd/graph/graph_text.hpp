// SPDX-License-Identifier: MIT
// A graph as text: one node a line, `%2 = %0 * %1`, and for Graphviz.
#pragma once
#include <cstdio>
#include <string>

#include <kd/graph/operations.hpp>

namespace kd::detail {

inline std::string padded(std::string s, std::size_t width) {
  s.resize(s.size() < width ? width : s.size(), ' ');
  return s;
}

class graph_text {
 public:
  explicit graph_text(const graph& g) : g_(g) {}

  /// Names of axes: `batch, classes`.
  std::string axes(axis_set set) const {
    std::string s;
    for (int axis = 0; axis < max_axes; ++axis)
      if (contains(set, single(axis)))
        s += (s.empty() ? "" : ", ") + std::string(g_.axis_name[axis]);
    return s;
  }

  /// The name of input k: `student logits`; of views of it `student logits[1:]`, at one position
  /// `student logits[0]`, and so on.
  std::string input(int k) const {
    std::string s = std::string(g_.input[k].model) + " " + std::string(g_.input[k].name);
    for (int i = 0; i < g_.input[k].steps; ++i) {
      const view_step& step = g_.input[k].step[i];
      const auto dropped = [](const char* sign, int n) {
        return n == 0 ? "" : sign + std::to_string(n);
      };
      s += step.axes > 1    ? " merged"
           : step.parts > 1 ? " split"
           : step.is_position()
               ? "[" + std::to_string(step.first) + "]"
               : "[" + dropped("", step.first) + ":" + dropped("-", step.last) + "]";
    }
    return s;
  }

  /// A node and what it is computed from: `%2 = %0 * %1`, `%3 = sum<classes> %2`.
  std::string line(int i) const { return "%" + std::to_string(i) + " = " + formula(i); }

  /// Every node a line.
  std::string lines() const {
    std::string s;
    for (int i = 0; i < g_.size; ++i) s += line(i) + "\n";
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
      if (g_.gradient[k] == i) add("gradient of " + input(k));
    return s;
  }

  /// In Graphviz's language: inputs are ellipses, reductions boxes with thick borders, results have
  /// two borders.
  std::string graphviz() const {
    std::string s =
        "digraph objective {\n  rankdir=BT;\n  node [shape=box, fontname=\"monospace\"];\n";
    for (int i = 0; i < g_.size; ++i) {
      const node& n = g_[i];
      const std::string r = results(i);
      s += "  n" + std::to_string(i) + " [label=\"" + name(i) + "\\n(" + axes(n.axes) + ")" +
           (r.empty() ? "" : "\\n" + r) + "\"";
      if (n.code == op::input) s += ", shape=ellipse";
      if (is_reduction(n.code)) s += ", penwidth=3";
      if (!r.empty()) s += ", peripheries=2";
      s += "];\n";
      for (int operand : n.operand)
        if (operand >= 0)
          s += "  n" + std::to_string(operand) + " -> n" + std::to_string(i) + ";\n";
    }
    return s + "}\n";
  }

 private:
  const graph& g_;

  /// What a node is, without its operands.
  std::string name(int i) const {
    const node& n = g_[i];
    switch (n.code) {
      case op::input: return input(n.payload);
      case op::slot:
        return g_.slot[n.payload].name.empty() ? "number" : std::string(g_.slot[n.payload].name);
      case op::constant: {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%g", n.value);
        return digits;
      }
      case op::extent: return "extent of " + axes(n.over);
      case op::unit_roundoff: return "unit roundoff of " + input(n.payload);
      case op::scatter:
        return "scatter<" + axes(single(n.payload)) + (n.over == 0 ? "" : ", " + axes(n.over)) +
               ">";
      default: break;
    }
    std::string s = symbol_of(n.code);
    if (n.over != 0) s += "<" + axes(n.over) + ">";
    if (n.code == op::rename)
      s += "<" + axes(single(n.payload / max_axes)) + ", " + axes(single(n.payload % max_axes)) +
           ">";
    return s;
  }

  static bool is_infix(op code) {
    return code == op::add || code == op::subtract || code == op::multiply || code == op::divide ||
           code == op::greater || code == op::greater_equal || code == op::equal;
  }
  std::string formula(int i) const {
    const node& n = g_[i];
    const auto operand = [&](int k) { return "%" + std::to_string(n.operand[k]); };
    if (is_infix(n.code)) return operand(0) + " " + name(i) + " " + operand(1);
    if (n.code == op::negate) return name(i) + operand(0);
    std::string s = name(i);
    for (int k = 0; k < 3; ++k)
      if (n.operand[k] >= 0) s += " " + operand(k);
    return s;
  }
};

}  // namespace kd::detail
