// SPDX-License-Identifier: MIT
// The table of operations. A row says everything there is to know about one operation:
//   symbol     how `explain` prints it
//   shape      axes of the value, from the operands' axes
//   value      of an elementwise operation, on a pack of lanes; of a reduction, its
//              identity and join
//   pullback   what the operands' adjoints gain: d(x, c) adds c to the adjoint of x;
//              g is the adjoint of `out`; d.behind(gate, x, c) adds c where the gate is open
// The value of pick, contract and rename is where memory is read: `run/`.
#pragma once
#include <kd/config.hpp>
#include <kd/graph/term.hpp>

namespace kd::detail {

struct operands {  // axes of up to three operands, and of the node's `over`
  axis_set a, b, c, over;
};
constexpr axis_set broadcast(operands o) { return o.a | o.b | o.c; }
constexpr axis_set reduced(operands o) { return (o.a | o.b) & ~o.over; }
constexpr axis_set scalar(operands) { return 0; }

template <op Code>
struct operation;

// ---- elementwise arithmetic ---------------------------------------------------------------------

template <>
struct operation<op::add> {
  static constexpr auto symbol = "+";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x, auto y) { return x + y; }
  static constexpr void pullback(auto& d, term x, term y, term, term, term g) { d(x, g), d(y, g); }
};
template <>
struct operation<op::subtract> {
  static constexpr auto symbol = "-";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x, auto y) { return x - y; }
  static constexpr void pullback(auto& d, term x, term y, term, term, term g) { d(x, g), d(y, -g); }
};
template <>
struct operation<op::multiply> {
  static constexpr auto symbol = "*";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x, auto y) { return x * y; }
  static constexpr void pullback(auto& d, term x, term y, term, term, term g) {
    d(x, g * y), d(y, g * x);
  }
};
template <>
struct operation<op::divide> {
  static constexpr auto symbol = "/";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x, auto y) { return x / y; }
  static constexpr void pullback(auto& d, term x, term y, term, term out, term g) {
    d(x, g / y), d(y, -(g * out / y));
  }
};
template <>
struct operation<op::negate> {
  static constexpr auto symbol = "-";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return -x; }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) { d(x, -g); }
};

// ---- elementwise functions ----------------------------------------------------------------------

template <>
struct operation<op::exp> {
  static constexpr auto symbol = "exp";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return exp(x); }
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) { d(x, g * out); }
};
template <>
struct operation<op::expm1> {
  static constexpr auto symbol = "expm1";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return expm1(x); }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) { d(x, g * exp(x)); }
};
template <>
struct operation<op::log> {
  static constexpr auto symbol = "log";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return log(x); }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) { d(x, g / x); }
};
template <>
struct operation<op::log1p> {
  static constexpr auto symbol = "log1p";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return log1p(x); }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) { d(x, g / (1.0 + x)); }
};
template <>
struct operation<op::sqrt> {
  static constexpr auto symbol = "sqrt";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return sqrt(x); }
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) {
    d(x, 0.5 * (g / out));
  }
};
template <>
struct operation<op::root> {  // a square root whose derivative at 0 is 0
  static constexpr auto symbol = "root";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return sqrt(x); }
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) {
    const term none = constant(*g.g, 0);
    d(x, g * where(equal(out, none), none, 0.5 / out));
  }
};
template <>
struct operation<op::abs> {
  static constexpr auto symbol = "abs";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return abs(x); }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) { d(x, g * sign(x)); }
};
template <>
struct operation<op::sign> {  // -1, 0 or 1
  static constexpr auto symbol = "sign";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) {
    using pack = decltype(x);
    return select(x > pack(0), pack(1), select(x < pack(0), pack(-1), x));
  }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::tanh> {
  static constexpr auto symbol = "tanh";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return tanh(x); }
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) {
    d(x, g * (1.0 - out * out));
  }
};
template <>
struct operation<op::sigmoid> {
  static constexpr auto symbol = "sigmoid";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) {
    using pack = decltype(x);
    return pack(1) / (pack(1) + exp(-x));
  }
  static constexpr void pullback(auto& d, term x, term, term, term out, term g) {
    d(x, g * (out * (1.0 - out)));
  }
};
template <>
struct operation<op::softplus> {  // log(1 + e^x), without overflow
  static constexpr auto symbol = "softplus";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) {
    using pack = decltype(x);
    return maximum(x, pack(0)) + log1p(exp(-abs(x)));
  }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) {
    d(x, g * sigmoid(x));
  }
};

template <>
struct operation<op::erf> {
  static constexpr auto symbol = "erf";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return erf(x); }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) {
    d(x, g * (1.12837916709551257390 * exp(-(x * x))));  // 2 / sqrt(pi)
  }
};
template <>
struct operation<op::power> {
  static constexpr auto symbol = "pow";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x, auto y) { return pow(x, y); }
  static constexpr void pullback(auto& d, term x, term y, term, term out, term g) {
    const term zero = constant(*y.g, 0), slope = y * pow(x, y + constant(*y.g, -1));
    d(x, g * where(equal(y, zero), zero, slope)), d(y, g * (out * log(x)));
  }
};

// ---- what gradients see and values do not: gone once the graph is differentiated ----------------

template <>
struct operation<op::stop_gradient> {
  static constexpr auto symbol = "stop_gradient";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return x; }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::reverse_gradient> {
  static constexpr auto symbol = "reverse_gradient";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return x; }
  static constexpr void pullback(auto& d, term x, term, term, term, term g) { d(x, -g); }
};

// ---- choice: comparisons give 1 or 0; at a tie the first operand gets the gradient --------------

template <>
struct operation<op::maximum> {
  static constexpr auto symbol = "max";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x, auto y) { return maximum(x, y); }
  static constexpr void pullback(auto& d, term x, term y, term, term, term g) {
    d.behind({greater(y, x), false, false}, x, g);  // both, where one is not a number
    d.behind({greater_equal(x, y), false, false}, y, g);
  }
};
template <>
struct operation<op::minimum> {
  static constexpr auto symbol = "min";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x, auto y) { return minimum(x, y); }
  static constexpr void pullback(auto& d, term x, term y, term, term, term g) {
    d.behind({greater(x, y), false, false}, x, g);
    d.behind({greater_equal(y, x), false, false}, y, g);
  }
};
template <op Code>
struct comparison {  // `holds` is for numbers, and for labels and positions
  KD_HD static auto value(auto x, auto y) {
    return select(operation<Code>::holds(x, y), decltype(x)(1), decltype(x)(0));
  }
};
template <>
struct operation<op::greater> : comparison<op::greater> {
  static constexpr auto symbol = ">";
  static constexpr auto shape = broadcast;
  KD_HD static auto holds(auto x, auto y) { return x > y; }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::greater_equal> : comparison<op::greater_equal> {
  static constexpr auto symbol = ">=";
  static constexpr auto shape = broadcast;
  KD_HD static auto holds(auto x, auto y) { return x >= y; }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::equal> : comparison<op::equal> {
  static constexpr auto symbol = "==";
  static constexpr auto shape = broadcast;
  KD_HD static auto holds(auto x, auto y) { return x == y; }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::is_finite> {  // 0 for NaN and infinities
  static constexpr auto symbol = "is_finite";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto x) { return finite(x); }
  static constexpr void pullback(auto&, term, term, term, term, term) {}
};
template <>
struct operation<op::where> {
  static constexpr auto symbol = "where";
  static constexpr auto shape = broadcast;
  KD_HD static auto value(auto c, auto x, auto y) { return select(c != decltype(c)(0), x, y); }
  static constexpr void pullback(auto& d, term c, term x, term y, term, term g) {
    d.behind({c, true}, x, g), d.behind({c, false}, y, g);
  }
};

}  // namespace kd::detail

#include <kd/graph/structural_operations.hpp>
