// SPDX-License-Identifier: MIT
// Small graphs for tests of the compiler's passes.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::test {

using namespace kd::detail;

/// A graph with axes batch (0) and classes (1), and functions that add leaves.
struct small_graph {
  graph g;
  int batch = g.axis("batch"), classes = g.axis("classes");

  constexpr term input(role r, std::string_view name, std::initializer_list<int> axes) {
    input_info info;
    info.role = r, info.model = "test", info.name = name;
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
  constexpr term slot() {
    node n;
    n.code = op::slot;
    n.payload = static_cast<std::int16_t>(g.slots++);
    return make(g, n);
  }
  constexpr term sum_classes(term x) { return reduce(op::sum, x, single(classes)); }
  constexpr term sum_batch(term x) { return reduce(op::sum, x, single(batch)); }
  constexpr term total(term x) { return sum_batch(sum_classes(x)); }
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

}  // namespace kd::test
