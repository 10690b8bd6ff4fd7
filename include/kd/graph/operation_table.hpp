// SPDX-License-Identifier: MIT
// The table of operations as functions of an operation's code.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

/// Calls visitor.template operator()<Code>() with the operation's code as a constant.
template <class Visitor>
constexpr decltype(auto) visit(op code, Visitor&& visitor) {
  switch (code) {
#define KD_ROW(name) \
  case op::name: return visitor(operation<op::name>{})
    KD_ROW(input);
    KD_ROW(slot);
    KD_ROW(constant);
    KD_ROW(unit_roundoff);
    KD_ROW(extent);
    KD_ROW(position);
    KD_ROW(add);
    KD_ROW(subtract);
    KD_ROW(multiply);
    KD_ROW(divide);
    KD_ROW(negate);
    KD_ROW(exp);
    KD_ROW(expm1);
    KD_ROW(log);
    KD_ROW(log1p);
    KD_ROW(sqrt);
    KD_ROW(root);
    KD_ROW(abs);
    KD_ROW(sign);
    KD_ROW(tanh);
    KD_ROW(sigmoid);
    KD_ROW(softplus);
    KD_ROW(erf);
    KD_ROW(power);
    KD_ROW(stop_gradient);
    KD_ROW(reverse_gradient);
    KD_ROW(maximum);
    KD_ROW(minimum);
    KD_ROW(greater);
    KD_ROW(greater_equal);
    KD_ROW(equal);
    KD_ROW(is_finite);
    KD_ROW(where);
    KD_ROW(divergence);
    KD_ROW(gap);
    KD_ROW(divergence_at);
    KD_ROW(gap_at);
    KD_ROW(divergence_of);
    KD_ROW(gap_of);
    KD_ROW(pick);
    KD_ROW(scatter);
    KD_ROW(one_hot);
    KD_ROW(is_label);
    KD_ROW(sum);
    KD_ROW(max);
    KD_ROW(log_sum_exp);
    KD_ROW(largest);
    KD_ROW(contract);
    KD_ROW(rename);
#undef KD_ROW
  }
  return visitor(operation<op::constant>{});
}

constexpr axis_set shape_of(const graph& g, const node& n) {
  auto axes = [&](int i) { return n.operand[i] < 0 ? axis_set{0} : g[n.operand[i]].axes; };
  if (n.code == op::input) return n.axes;
  if (n.code == op::rename)
    return (axes(0) & ~single(n.payload / max_axes)) | single(n.payload % max_axes);
  if (n.code == op::scatter) return ((axes(0) | axes(1) | axes(2)) & ~n.over) | single(n.payload);
  return visit(n.code, [&](auto row) {
    return decltype(row)::shape(operands{axes(0), axes(1), axes(2), n.over});
  });
}

constexpr const char* symbol_of(op code) {
  return visit(code, [](auto row) { return decltype(row)::symbol; });
}

constexpr bool is_leaf(op code) { return code <= op::position; }
/// Known before any stage runs.
constexpr bool is_given(op code) { return code <= op::extent; }
constexpr bool is_elementwise(op code) {
  return (code >= op::add && code <= op::gap_of) || code == op::one_hot || code == op::is_label;
}
/// Whether the kernel must know where along an axis it is.
constexpr bool needs_position(op code) { return code == op::position || code == op::one_hot; }
/// Whether an operation takes longer than to write its value and read it again: a fused divergence
/// is a polynomial of many.
constexpr bool is_costly(op code) {
  return code == op::exp || code == op::log || code == op::log1p || code == op::sqrt ||
         code == op::root || code == op::divide || code == op::tanh || code == op::sigmoid ||
         code == op::softplus || code == op::expm1 || code == op::erf || code == op::power ||
         code == op::divergence_of || code == op::gap_of;
}
/// Whether an operation moves what is in memory to or from where labels say.
constexpr bool is_by_labels(op code) { return code == op::pick || code == op::scatter; }
constexpr bool is_reduction(op code) { return code >= op::sum && code <= op::largest; }

}  // namespace kd::detail
