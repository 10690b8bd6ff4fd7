// SPDX-License-Identifier: MIT
// The specification: evaluates the graph as it was written and differentiated, before any
// simplification, node by node, in plain loops and in double. Every other backend is tested against
// it. Slow, and it allocates.
#pragma once
#include <limits>
#include <vector>

#include <kd/run/backend.hpp>

namespace kd::detail {

class interpreter {
 public:
  interpreter(const graph_table& g, call& c) : g_(g), c_(c) {
    for (int i = 0; i < g.size; ++i) values_.push_back(evaluate(i));
  }
  double scalar(int i) const { return values_[static_cast<std::size_t>(i)][0]; }

  /// Writes the gradient of input k to where the call wants it.
  void write_gradient(int k) const {
    const memory_view& target = c_.gradient[k];
    axis_set all = 0;
    for (int a = 0; a < g_.input[k].rank; ++a) all |= single(g_.input[k].axis[a]);
    const odometer positions(c_, all);
    const std::vector<std::int64_t> stride = strides(g_.gradient[k]);
    const std::int64_t n = c_.positions(all);
    for (std::int64_t at = 0; at < n; ++at) {
      const double v = values_[static_cast<std::size_t>(g_.gradient[k])]
                              [static_cast<std::size_t>(positions.offset(at, stride.data()))];
      visit_floating(target.type, target.data, [&](const auto* data) {
        using stored = std::remove_cvref_t<decltype(*data)>;
        stored& to = const_cast<stored*>(data)[positions.offset(at, target.stride)];
        to = static_cast<stored>(target.accumulate ? static_cast<double>(to) + v : v);
      });
    }
  }

 private:
  using real = scalar_value<double>;
  const graph_table& g_;
  call& c_;
  std::vector<std::vector<double>>
      values_;  // of each node, row-major along its axes in the graph's order

  std::vector<std::int64_t> strides(int i) const {
    std::vector<std::int64_t> stride(max_axes, 0);
    std::int64_t next = 1;
    for (int axis = max_axes - 1; axis >= 0; --axis)
      if (contains(g_[i].axes, single(axis))) {
        stride[static_cast<std::size_t>(axis)] = next;
        next *= c_.extent[axis];
      }
    return stride;
  }
  double at(int i, const std::int64_t* index) const {
    const std::vector<std::int64_t> stride = strides(i);
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < max_axes; ++axis) offset += stride[axis] * index[axis];
    return values_[static_cast<std::size_t>(i)][static_cast<std::size_t>(offset)];
  }

  std::vector<double> evaluate(int i) const {
    const node& n = g_[i];
    if (n.code == op::scatter) return scattered(i);
    const odometer out(c_, n.axes), over(c_, n.over);
    const std::int64_t size = c_.positions(n.axes), terms = c_.positions(n.over);
    std::vector<double> value(static_cast<std::size_t>(size));
    for (std::int64_t position = 0; position < size; ++position) {
      std::int64_t index[max_axes]{};
      place(out, position, index);
      value[static_cast<std::size_t>(position)] = is_reduction(n.code) || n.code == op::contract
                                                      ? reduced(n, over, terms, index)
                                                      : element(i, index);
    }
    return value;
  }
  static void place(const odometer& axes, std::int64_t position, std::int64_t* index) {
    for (int k = axes.rank - 1; k >= 0; --k) {
      index[axes.axis[k]] = position % axes.extent[k];
      position /= axes.extent[k];
    }
  }

  std::vector<double> scattered(int i) const {
    const node& n = g_[i];
    const odometer labels(c_, g_[n.operand[0]].axes | g_[n.operand[1]].axes), out(c_, n.axes);
    const std::vector<std::int64_t> stride = strides(i);
    std::vector<double> value(static_cast<std::size_t>(c_.positions(n.axes)));
    const std::int64_t size = c_.positions(g_[n.operand[0]].axes | g_[n.operand[1]].axes);
    for (std::int64_t position = 0; position < size; ++position) {
      std::int64_t index[max_axes]{}, offset = 0;
      place(labels, position, index);
      const double label = at(n.operand[1], index), x = at(n.operand[0], index);
      if (!(label >= 0 && label < static_cast<double>(c_.extent[n.payload]))) continue;
      index[n.payload] = static_cast<std::int64_t>(label);
      for (int k = 0; k < out.rank; ++k)
        offset += stride[static_cast<std::size_t>(out.axis[k])] * index[out.axis[k]];
      value[static_cast<std::size_t>(offset)] += x;
    }
    return value;
  }

  double reduced(const node& n, const odometer& over, std::int64_t terms,
                 std::int64_t* index) const {
    double sum = 0, largest = -std::numeric_limits<double>::infinity();
    for (std::int64_t t = 0; t < terms; ++t) {
      place(over, t, index);
      const double x = at(n.operand[0], index);
      const bool multiplies = n.code == op::contract && (n.payload != skips_zeros || x != 0);
      sum += multiplies ? x * at(n.operand[1], index) : x;
      largest = maximum(real(largest), real(x)).v;
    }
    if (n.code == op::max) return largest;
    if (n.code != op::log_sum_exp) return sum;
    double exponentials = 0;
    for (std::int64_t t = 0; t < terms; ++t) {
      place(over, t, index);
      exponentials += std::exp(at(n.operand[0], index) - largest);
    }
    return largest + std::log(exponentials);
  }

  double element(int i, std::int64_t* index) const {
    const node& n = g_[i];
    auto operand = [&](int k) { return real(at(n.operand[k], index)); };
    switch (n.code) {
      case op::input: return input(n.payload, index);
      case op::slot: return c_.scalar[n.payload];
      case op::constant: return n.value;
      case op::unit_roundoff: return unit_roundoff(c_.input[n.payload].type);
      case op::extent: return static_cast<double>(c_.positions(n.over));
      case op::position: return static_cast<double>(index[axis_of(n.over)]);
      case op::rename:
        index[n.payload / max_axes] = index[n.payload % max_axes];
        return operand(0).v;
      case op::pick: {
        const double label = operand(1).v;
        const int axis = axis_of(n.over);
        if (!(label >= 0 && label < static_cast<double>(c_.extent[axis]))) return 0;
        index[axis] = static_cast<std::int64_t>(label);
        return operand(0).v;
      }
      case op::one_hot: return operand(0).v == static_cast<double>(index[axis_of(n.over)]) ? 1 : 0;
      default: break;
    }
    return visit(n.code, [&](auto row) {
      using row_of = decltype(row);
      if constexpr (requires { row_of::value(real(0), real(0), real(0)); })
        return row_of::value(operand(0), operand(1), operand(2)).v;
      else if constexpr (requires { row_of::value(real(0), real(0)); })
        return row_of::value(operand(0), operand(1)).v;
      else if constexpr (requires { row_of::value(real(0)); }) return row_of::value(operand(0)).v;
      else return 0.0;
    });
  }
  double input(int k, const std::int64_t* index) const {
    const memory_view& v = c_.input[k];
    std::int64_t offset = 0;
    for (int axis = 0; axis < max_axes; ++axis) offset += index[axis] * v.stride[axis];
    return visit_element(v.type, v.data,
                         [&](auto* data) { return static_cast<double>(data[offset]); });
  }
};

template <class Compiled>
struct differentiated_graph_of {
  static constexpr const graph& get() { return Compiled::differentiated; }
};

struct reference_backend {
  static constexpr bool runs_itself = true;

  template <class Compiled, class T>
  static void run(call& c, arena&) {
    static constexpr graph_table g = stored_graph<differentiated_graph_of<Compiled>>::table;
    const interpreter values(g, c);
    constexpr const program_table& p = tables<Compiled>::program;
    auto put = [&](int optimised,
                   int written) {  // results are read where the optimised program would leave them
      if (p.scalar_of[optimised] >= 0) c.scalar[p.scalar_of[optimised]] = values.scalar(written);
    };
    put(p.g.value, g.value);
    for (int t = 0; t < g.terms; ++t) put(p.g.term[t].value, g.term[t].value);
    for (int k = 0; k < g.inputs; ++k)
      if (g.gradient[k] >= 0) values.write_gradient(k);
  }
};

}  // namespace kd::detail

namespace kd {
/// Plain loops in double: the specification.
inline constexpr detail::reference_backend reference{};
static_assert(Backend<detail::reference_backend>);
}  // namespace kd
