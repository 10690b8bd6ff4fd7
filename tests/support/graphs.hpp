// SPDX-License-Identifier: MIT
// Small graphs for tests of the compiler's passes.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include <kd/graph/graph_text.hpp>

namespace kd::test {

using namespace kd::detail;

/// A graph with axes batch (0) and classes (1), and functions that add leaves.
struct small_graph {
  graph g;
  int batch = g.axis("batch"), classes = g.axis("classes");

  constexpr term input(role r, std::string_view name, std::initializer_list<int> axes) {
    input_info info;
    info.role = r, info.name = name;
    info.model = r == role::student ? "student" : r == role::teacher ? "teacher" : "labels";
    node n;
    n.code = op::input;
    n.payload = static_cast<std::int16_t>(g.inputs);
    for (int axis : axes) {
      info.axis[info.rank++] = axis;
      n.axes |= single(axis);
    }
    g.input[g.inputs++] = info;
    return make(g, n);
  }
  constexpr term student(std::string_view name = "z") {
    return input(role::student, name, {batch, classes});
  }
  constexpr term teacher(std::string_view name = "t") {
    return input(role::teacher, name, {batch, classes});
  }
  constexpr term labels() { return input(role::labels, "y", {batch}); }
  constexpr term slot(slot_info info = {}) {
    node n;
    n.code = op::slot;
    n.payload = static_cast<std::int16_t>(g.slots);
    g.slot[g.slots++] = info;
    return make(g, n);
  }
  constexpr term temperature() { return slot({"temperature", range::positive}); }
  constexpr term number(double value) { return constant(g, value); }
  constexpr term sum_classes(term x) { return reduce(op::sum, x, single(classes)); }
  constexpr term sum_batch(term x) { return reduce(op::sum, x, single(batch)); }
  constexpr term total(term x) { return sum_batch(sum_classes(x)); }
  /// Different functions of x, one for each k.
  constexpr term tanh_of(term x, int k) { return apply(op::tanh, x * number(0.125 + k)); }
  /// The sum of part(k) for k below `parts`.
  constexpr term sum_of(int parts, auto part) {
    term sum = number(0);
    for (int k = 0; k < parts; ++k) sum = sum + part(k);
    return sum;
  }
  constexpr term log_softmax(term x) { return x - reduce(op::log_sum_exp, x, single(classes)); }
  constexpr void objective(term x) {
    g.value = x.index;
    for (int& gradient : g.gradient) gradient = -1;
  }
};

constexpr int count_of(const graph& g, op code) {
  int n = 0;
  for (int i = 0; i < g.size; ++i) n += g[i].code == code;
  return n;
}

/// The nodes of a graph, a line each: `%2 = %0 * %1`.
inline std::vector<std::string> lines_of(const graph& g) {
  std::vector<std::string> lines;
  for (int i = 0; i < g.size; ++i) lines.push_back(graph_text(g).line(i));
  return lines;
}
/// The lines of a text without comments and the spaces around, to compare with the above.
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    line = line.substr(0, line.find("//"));
    const std::size_t first = line.find_first_not_of(' '), last = line.find_last_not_of(' ');
    if (first != std::string::npos) lines.push_back(line.substr(first, last + 1 - first));
  }
  return lines;
}

}  // namespace kd::test
