// SPDX-License-Identifier: MIT
// The second half of the table in `operations.hpp`: operations that reduce, choose by label or move
// axes.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

// ---- leaves -------------------------------------------------------------------------------------

template <op Code>
struct leaf_operation {
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::input> : leaf_operation<op::input> {
  static constexpr auto symbol = "input";
  static constexpr auto shape = broadcast;  // unused: an input's axes are declared
};
template <>
struct operation<op::slot> : leaf_operation<op::slot> {
  static constexpr auto symbol = "scalar";
  static constexpr auto shape = scalar;
};
template <>
struct operation<op::constant> : leaf_operation<op::constant> {
  static constexpr auto symbol = "constant";
  static constexpr auto shape = scalar;
};
template <>
struct operation<op::unit_roundoff> : leaf_operation<op::unit_roundoff> {  // of an input's elements
  static constexpr auto symbol = "unit_roundoff";
  static constexpr auto shape = scalar;
};
template <>
struct operation<op::extent> : leaf_operation<op::extent> {
  static constexpr auto symbol = "extent";
  static constexpr auto shape = scalar;
};
template <>
struct operation<op::position> : leaf_operation<op::position> {  // 0, 1, 2, ... along an axis
  static constexpr auto symbol = "position";
  static constexpr axis_set shape(operands o) { return o.over; }
};

// ---- labels -------------------------------------------------------------------------------------

template <>
struct operation<op::pick> {
  static constexpr auto symbol = "pick";
  static constexpr auto shape = reduced;
  static constexpr void pullback(auto& d, term x, term labels, term ignored, term out, term g) {
    const axis_set classes = out.get().over, handful = labels.axes() & ~x.axes();
    if (handful == 0) d(x, g * one_hot(labels, classes, ignored));
    else
      d.made(x, g, handful, x.axes(),
             [&](term adjoint) { return scatter(adjoint, labels, classes, handful, ignored); });
  }
};
template <>
struct operation<op::scatter> {
  static constexpr auto symbol = "scatter";
  static constexpr auto shape = reduced;  // unused: see shape_of
  static constexpr void pullback(auto& d, term x, term labels, term ignored, term out, term g) {
    const axis_set classes = single(out.get().payload);
    d.made(x, g, classes, x.axes() | labels.axes(),
           [&](term adjoint) { return pick(adjoint, labels, classes, ignored); });
  }
};
template <>
struct operation<op::one_hot> : comparison<op::one_hot> {
  static constexpr auto symbol = "one_hot";
  static constexpr axis_set shape(operands o) { return o.a | o.over; }
  KD_HD static auto holds(auto position, auto label) { return position == label; }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::is_label>
    : comparison<op::is_label> {  // 0 where the label is the ignored one, else 1
  static constexpr auto symbol = "is_label";
  static constexpr auto shape = broadcast;
  KD_HD static auto holds(auto label, auto ignored) { return label != ignored; }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};

// ---- reductions: identity and join are the monoid; log_sum_exp is expanded before it runs -------

template <>
struct operation<op::sum> {
  static constexpr auto symbol = "sum";
  static constexpr auto shape = reduced;
  static constexpr double identity = 0;
  KD_HD static auto value(auto x, auto y) { return x + y; }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) { d(x, g); }
};
template <>
struct operation<op::max> {  // the gradient is shared by all that attain the maximum
  static constexpr auto symbol = "max";
  static constexpr auto shape = reduced;
  static constexpr double identity = -__builtin_huge_val();
  KD_HD static auto value(auto x, auto y) { return maximum(x, y); }
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) {
    const term attained = apply(op::equal, x, out);
    d(x, g * attained / reduce(op::sum, attained, out.get().over));
  }
};
template <>
struct operation<op::largest>
    : leaf_operation<op::largest> {  // what a log_sum_exp is shifted by; may drop a NaN
  static constexpr auto symbol = "largest";
  static constexpr auto shape = reduced;
  static constexpr double identity = -__builtin_huge_val();
  KD_HD static auto value(auto x, auto y) { return larger(x, y); }
};
template <>
struct operation<op::log_sum_exp> {
  static constexpr auto symbol = "log_sum_exp";
  static constexpr auto shape = reduced;
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) {
    d(x, g * exp(x - out));
  }
};

// ---- structure ----------------------------------------------------------------------------------

template <>
struct operation<op::contract> {
  static constexpr auto symbol = "contract";
  static constexpr auto shape = reduced;
  static constexpr void pullback(auto& d, term x, term y, term, term out, term g) {
    const axis_set only_x = x.axes() & ~y.axes(), only_y = y.axes() & ~x.axes();
    d.summed(x, g, y, only_y);
    if (out.get().payload == skips_zeros) {  // where all of x is 0, y may be anything
      const term taken = 1.0 - apply(op::equal, x, constant(*x.g, 0));
      d.open = d.open.and_open_where(reduce(op::max, taken, only_x));
    }
    d.summed(y, g, x, only_x);
  }
};
template <>
struct operation<op::rename> {
  static constexpr auto symbol = "rename";
  static constexpr auto shape = broadcast;  // unused: see shape_of
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) {
    const int from = out.get().payload / max_axes, to = out.get().payload % max_axes;
    d.renamed(x, g, to, from);
  }
};

}  // namespace kd::detail

#include <kd/graph/divergence_operations.hpp>
