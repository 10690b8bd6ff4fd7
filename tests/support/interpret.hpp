// SPDX-License-Identifier: MIT
// Interprets a graph at run time, node by node, in plain loops, in any type
// with the interface of a pack of lanes. Elementwise operations and reductions
// are those of the table of operations; what moves or reads memory is written
// here once more.
#pragma once
#include <vector>

#include <kd/graph/operations.hpp>
#include "support/bounded.hpp"

namespace kd::test {

using namespace kd::detail;

/// Extents of axes, and what inputs and slots hold: an input's values are
/// row-major along its axes in the graph's order.
struct point {
  std::int64_t extent[max_axes]{};
  std::vector<long double> input[max_inputs];
  double slot[max_slots]{};
  axis_set repeated[max_inputs]{};  // axes along which an input's values are the same

  std::int64_t positions(axis_set axes) const {
    std::int64_t n = 1;
    for (int axis = 0; axis < max_axes; ++axis)
      if (contains(axes, single(axis))) n *= extent[axis];
    return n;
  }
};

/// Strides of a row-major tensor along axes in the graph's order; 0 along
/// others.
struct strides {
  std::int64_t along[max_axes]{};

  strides() = default;
  strides(const point& at, axis_set axes) {
    std::int64_t next = 1;
    for (int axis = max_axes - 1; axis >= 0; --axis)
      if (contains(axes, single(axis))) along[axis] = next, next *= at.extent[axis];
  }
};

/// Walks the positions of axes in the graph's order, the last one fastest.
class positions {
 public:
  positions(const point& at, axis_set axes) {
    for (int axis = 0; axis < max_axes; ++axis)
      if (contains(axes, single(axis))) axis_[rank_] = axis, extent_[rank_++] = at.extent[axis];
    size_ = at.positions(axes);
  }
  std::int64_t size() const { return size_; }
  void go(std::int64_t position, std::int64_t* index) const {
    for (int k = rank_ - 1; k >= 0; position /= extent_[k--])
      index[axis_[k]] = position % extent_[k];
  }
  std::int64_t offset(const std::int64_t* index, const strides& s) const {
    std::int64_t at = 0;
    for (int k = 0; k < rank_; ++k) at += index[axis_[k]] * s.along[axis_[k]];
    return at;
  }

 private:
  int rank_ = 0, axis_[max_axes]{};
  std::int64_t extent_[max_axes]{}, size_ = 1;
};

inline int axis_in(axis_set one) {
  int axis = 0;
  while (axis < max_axes && single(axis) != one) ++axis;
  return axis;
}

template <class N>
class interpreter {
 public:
  using tensor = std::vector<N>;

  /// What stop_gradient and reverse_gradient hide from a derivative is taken
  /// from `base`, if there is one: differences between values are then what
  /// gradients see.
  interpreter(const graph& g, const point& at, const interpreter* base = nullptr)
      : g_(g), at_(at), base_(base), values_(static_cast<std::size_t>(g.size)) {
    for (int i = 0; i < g.size; ++i) values_[static_cast<std::size_t>(i)] = evaluate(i);
  }
  const tensor& operator[](int i) const { return values_[static_cast<std::size_t>(i)]; }
  const point& at() const { return at_; }
  const graph& of() const { return g_; }

  /// Calls visit(value) for the values of a node along axes, among them its
  /// own.
  template <class Visit>
  void each(int i, axis_set along, Visit visit) const {
    const positions all(at_, along);
    const strides s(at_, g_[i].axes);
    std::int64_t index[max_axes]{};
    for (std::int64_t p = 0; p < all.size(); ++p) {
      all.go(p, index);
      visit((*this)[i][static_cast<std::size_t>(all.offset(index, s))]);
    }
  }

 private:
  const graph& g_;
  const point& at_;
  const interpreter* base_;
  std::vector<tensor> values_;

  const tensor& values(const node& n, int k) const { return (*this)[n.operand[k]]; }

  tensor evaluate(int i) const {
    const node& n = g_[i];
    switch (n.code) {
      case op::input: return input(n.payload);
      case op::slot: return {N(at_.slot[n.payload])};
      case op::constant: return {folded(n.value)};
      case op::extent: return {N(at_.positions(n.over))};
      case op::position: {
        tensor t;
        for (std::int64_t p = 0; p < at_.positions(n.over); ++p) t.push_back(N(p));
        return t;
      }
      case op::stop_gradient:
      case op::reverse_gradient: return hidden(i);
      case op::pick: return picked(n);
      case op::scatter: return scattered(n);
      case op::one_hot: return one_hot_of(n);
      case op::rename: return renamed(n);
      case op::contract: return contracted(n);
      case op::log_sum_exp: return log_sum_exp(n.operand[0], n.over);
      default: return computed(n);
    }
  }
  /// A constant may be computed of others, in double.
  static N folded(double value) {
    if constexpr (requires { N::of(value, value); })
      if (sizeof(typename N::scalar) > sizeof(double) && std::isfinite(value))
        return N::of(value, std::fabs(value) * std::numeric_limits<double>::epsilon());
    return N(value);
  }
  tensor input(int k) const {
    tensor t;
    for (long double x : at_.input[k]) t.push_back(N(x));
    return t;
  }
  tensor hidden(int i) const {
    const node& n = g_[i];
    tensor t = base_ == nullptr ? values(n, 0) : (*base_)[i];
    if (base_ == nullptr || n.code == op::stop_gradient) return t;
    for (std::size_t p = 0; p < t.size(); ++p) t[p] = t[p] + t[p] - values(n, 0)[p];
    return t;
  }

  /// Calls element(position in the value, index by axis) for all positions of a
  /// node.
  template <class Element>
  tensor made(const node& n, Element element) const {
    const positions all(at_, n.axes);
    tensor t;
    t.reserve(static_cast<std::size_t>(all.size()));
    std::int64_t index[max_axes]{};
    for (std::int64_t p = 0; p < all.size(); ++p) {
      all.go(p, index);
      t.push_back(element(all, index));
    }
    return t;
  }
  /// The values of an operand: at a position of the node, further by `more`.
  struct reader {
    const tensor* t = nullptr;
    strides s;
    N operator()(const positions& all, const std::int64_t* index, std::int64_t more = 0) const {
      return (*t)[static_cast<std::size_t>(all.offset(index, s) + more)];
    }
  };
  reader read(const node& n, int k) const {
    if (n.operand[k] < 0) return {};
    return {&values(n, k), strides(at_, g_[n.operand[k]].axes)};
  }

  tensor computed(const node& n) const {
    const reader a = read(n, 0), b = read(n, 1), c = read(n, 2);
    return visit(n.code, [&](auto row) -> tensor {
      using row_of = decltype(row);
      if constexpr (requires { row_of::identity; }) {
        return reduced(
            n, [&](N so_far, N x) { return row_of::value(so_far, x); }, row_of::identity);
      } else {
        return made(n, [&](const positions& all, const std::int64_t* index) -> N {
          if constexpr (requires(N x) { row_of::value(x, x, x); })
            return row_of::value(a(all, index), b(all, index), c(all, index));
          else if constexpr (requires(N x) { row_of::value(x, x); })
            return row_of::value(a(all, index), b(all, index));
          else if constexpr (requires(N x) { row_of::value(x); })
            return row_of::value(a(all, index));
          else return N(0);  // no operation of these gets here
        });
      }
    });
  }
  template <class Join>
  tensor reduced(const node& n, Join join, double identity) const {
    const reader a = read(n, 0);
    const positions over(at_, n.over);
    return made(n, [&](const positions& all, const std::int64_t* index) {
      N r(identity);
      std::int64_t inner[max_axes]{};
      for (std::int64_t p = 0; p < over.size(); ++p) {
        over.go(p, inner);
        r = join(r, a(all, index, over.offset(inner, a.s)));
      }
      return r;
    });
  }
  /// Of a node along axes, shifted by the largest: any shift gives the same.
  tensor log_sum_exp(int i, axis_set over) const {
    node of;
    of.code = op::log_sum_exp, of.operand[0] = static_cast<std::int16_t>(i);
    of.axes = g_[i].axes & ~over, of.over = over;
    const tensor top = reduced(
        of, [](N x, N y) { return larger(x, y); }, operation<op::largest>::identity);
    const reader a = read(of, 0), shift{&top, strides(at_, of.axes)};
    const positions along(at_, over);
    return made(of, [&](const positions& all, const std::int64_t* index) {
      N sum(0), largest = shift(all, index);
      if (std::isfinite(largest.v)) largest.e = 0;
      std::int64_t inner[max_axes]{};
      for (std::int64_t p = 0; p < along.size(); ++p) {
        along.go(p, inner);
        sum = sum + exp(a(all, index, along.offset(inner, a.s)) - largest);
      }
      return largest + log(sum);
    });
  }
  tensor contracted(const node& n) const {
    const reader a = read(n, 0), b = read(n, 1);
    const positions over(at_, n.over);
    return made(n, [&](const positions& all, const std::int64_t* index) {
      N sum(0);
      std::int64_t inner[max_axes]{};
      for (std::int64_t p = 0; p < over.size(); ++p) {
        over.go(p, inner);
        const N x = a(all, index, over.offset(inner, a.s));
        if (n.payload == skips_zeros && x.v == 0) continue;
        sum = sum + x * b(all, index, over.offset(inner, b.s));
      }
      return sum;
    });
  }

  tensor picked(const node& n) const {
    const reader x = read(n, 0), labels = read(n, 1);
    const int axis = axis_in(n.over);
    return made(n, [&](const positions& all, const std::int64_t* index) {
      const auto label = static_cast<std::int64_t>(labels(all, index).v);
      if (label < 0 || label >= at_.extent[axis]) return N(0);
      return x(all, index, label * x.s.along[axis]);
    });
  }
  /// A third operand with axes is a factor of what is added; without, it is the label ignored.
  tensor scattered(const node& n) const {
    const bool has_factor = n.operand[2] >= 0 && g_[n.operand[2]].axes != 0;
    const reader x = read(n, 0), labels = read(n, 1), factor = read(n, has_factor ? 2 : 0);
    const positions over(at_, n.over);
    return made(n, [&](const positions& all, const std::int64_t* index) {
      N sum(0);
      std::int64_t inner[max_axes]{};
      for (std::int64_t p = 0; p < over.size(); ++p) {
        over.go(p, inner);
        const N label = labels(all, index, over.offset(inner, labels.s));
        if (static_cast<std::int64_t>(label.v) != index[n.payload]) continue;
        const N one = x(all, index, over.offset(inner, x.s));
        sum = sum + (has_factor ? one * factor(all, index, over.offset(inner, factor.s)) : one);
      }
      return sum;
    });
  }
  tensor one_hot_of(const node& n) const {
    const reader labels = read(n, 0);
    const int axis = axis_in(n.over);
    return made(n, [&](const positions& all, const std::int64_t* index) {
      return operation<op::one_hot>::value(N(index[axis]), labels(all, index));
    });
  }
  tensor renamed(const node& n) const {
    reader x = read(n, 0);
    const int from = n.payload / max_axes, to = n.payload % max_axes;
    x.s.along[to] = x.s.along[from], x.s.along[from] = 0;
    return made(n, [&](const positions& all, const std::int64_t* index) { return x(all, index); });
  }
};

}  // namespace kd::test
