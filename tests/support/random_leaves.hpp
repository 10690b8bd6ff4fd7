// SPDX-License-Identifier: MIT
// What random objectives are made of: leaves, and terms written in one of two ways. The twin of an
// objective is the same expression with operands exchanged, a - b as -(b - a), choices turned
// around, leaves and axes in another order.
#pragma once
#include <algorithm>

#include <kd/graph/differentiate.hpp>
#include "support/random_point.hpp"

namespace kd::test {

enum class form { written, twin };

/// What must not be seen of an input: positions that a mask leaves out, or rows.
enum class masked { nothing, positions, rows };
enum class poison { harmless, nan, infinity, huge };

struct random_settings {
  std::uint64_t seed = 0;
  int steps = 8;
  bool finite = false;  // numbers and operations whose values and gradients should all be finite
  kd::test::masked masked = masked::nothing;
  kd::test::poison poison = poison::harmless;  // what is there
};

class random_leaves {
 public:
  graph g;
  point at;
  model_input inputs[14] = {
      {role::student, "student", "z", 2, {batch, classes}},
      {role::teacher, "teacher", "t", 2, {batch, classes}},
      {role::labels, "data", "y", 1, {batch}, numbers::label},
      {role::student, "student", "f", 2, {batch, feature}},
      {role::teacher, "teacher", "f", 2, {batch, feature}},
      {role::given, "data", "w", 1, {classes}},
      {role::learnable, "data", "s", 0, {}},
      {role::learnable, "data", "r", 1, {classes}},
      {role::given, "data", "m", 2, {batch, classes}, numbers::mask},
      {role::student, "student", "h", 3, {batch, token, feature}},
      {role::labels, "data", "l", 2, {batch, token}, numbers::label},
      {role::given, "data", "p", 1, {batch}},
      {role::given, "data", "k", 1, {batch}, numbers::mask},
      {role::student, "student", "z of class 0", 1, {batch}},
  };
  static constexpr int input_count = 14, z = 0, m = 8, p = 11, k = 12, of_z = 13;

  random_leaves(const random_settings& s, form f)
      : settings_(s), form_(f), r_(s.seed), order_(s.seed + 77) {
    std::int64_t extent[model_axes];
    choose_extents(r_, extent);
    add_axes(extent);
    add_inputs(extent);
    add_scalars();
  }

 protected:
  random_settings settings_;
  form form_;
  random_bits r_, order_;  // what is computed, and how the twin writes it
  int axis_[model_axes]{};
  std::vector<term> pool_;
  term made_[input_count];  // inputs, where they are there
  struct label_input {
    term labels;
    bool ignores;  // may hold -1, which stands for no class
  };
  std::vector<label_input> labels_;
  term temperature_, share_, ignored_;

  bool twin() { return form_ == form::twin && order_.one_in(2); }
  axis_set axis(int model_axis) const { return single(axis_[model_axis]); }

  // ---- leaves -----------------------------------------------------------------------------------

  template <int Size>
  void shuffle(int (&order)[Size]) {
    for (int i = 0; i < Size; ++i) order[i] = i;
    if (form_ == form::twin)
      for (int i = Size - 1; i > 0; --i) std::swap(order[i], order[order_.below(i + 1)]);
  }
  void add_axes(const std::int64_t (&extent)[model_axes]) {
    int order[model_axes];
    shuffle(order);
    for (int a : order) axis_[a] = g.axis(axis_names[a]);
    for (int a = 0; a < model_axes; ++a) at.extent[axis_[a]] = extent[a];
    g.rename(axis_[batch], axis_[other]);
  }
  void add_inputs(const std::int64_t (&extent)[model_axes]) {
    for (int i = 0; i < input_count; ++i) {
      model_input& in = inputs[i];
      if (i > 2 && i != k && !r_.one_in(2)) in.rank = -1;
      if (in.role == role::labels && (extent[classes] == 0 || r_.one_in(2)))
        in.kind = numbers::ignored_label;
      if (in.kind == numbers::normal)
        in.kind = settings_.finite || r_.one_in(2)
                      ? numbers::normal
                      : r_.among({numbers::ties, numbers::ties, numbers::offset, numbers::tiny,
                                  numbers::wide, numbers::masked, numbers::special});
      if (in.rank > 1 && in.role != role::labels && r_.one_in(6))
        in.repeated = in.axis[r_.below(in.rank)];
      if (settings_.masked != masked::nothing && in.repeated != feature) in.repeated = -1;
    }
    if (settings_.masked == masked::positions) inputs[m].rank = 2;
    if (settings_.masked != masked::rows) inputs[k].rank = -1;
    int order[input_count];
    shuffle(order);
    for (int i : order)
      if (inputs[i].rank >= 0) made_[i] = add_input(i, extent);
    if (made_[of_z].index >= 0) show(made_[of_z], made_[z]);
    for (int i = 0; i < input_count; ++i) {
      if (inputs[i].rank < 0) continue;
      if (inputs[i].role == role::labels)
        labels_.push_back({made_[i], inputs[i].kind == numbers::ignored_label});
      else if (i != k) pool_.push_back(made_[i]);
    }
  }
  term add_input(int i, const std::int64_t (&extent)[model_axes]) {
    const model_input& in = inputs[i];
    input_info info;
    info.role = in.role, info.model = in.model, info.name = in.name;
    node n;
    n.code = op::input;
    n.payload = static_cast<std::int16_t>(g.inputs);
    for (int a = 0; a < in.rank; ++a) n.axes |= single(info.axis[info.rank++] = axis_[in.axis[a]]);
    if (in.repeated >= 0) at.repeated[g.inputs] = axis(in.repeated);
    const positions all(at, n.axes);
    std::int64_t index[max_axes]{}, by_name[max_axes]{};
    for (std::int64_t position = 0; position < all.size(); ++position) {
      all.go(position, index);
      for (int a = 0; a < model_axes; ++a) by_name[a] = index[axis_[a]];
      at.input[g.inputs].push_back(hides(i, by_name)
                                       ? poisoned()
                                       : value_of(in, settings_.seed, i, by_name, extent[classes]));
    }
    g.input[g.inputs++] = info;
    return make(g, n);
  }
  /// Makes an input a view of another, of one position. Passes know no more of it, so that it may
  /// hold other numbers.
  void show(term view, term source) {
    input_info& info = g.input[view.get().payload];
    info.source = source.get().payload, info.steps = 1;
    info.step[0].axes = 1, info.step[0].from[0] = axis_[classes];
  }
  /// Whether the objective must not depend on this number.
  bool hides(int i, const std::int64_t* index) const {
    const auto is_0 = [&](int mask) {
      return value_of(inputs[mask], settings_.seed, mask, index, 0) == 0;
    };
    if (settings_.poison == poison::harmless) return false;
    if (settings_.masked == masked::positions) return i == z && is_0(m);
    const bool of_batch = inputs[i].rank > 0 && inputs[i].axis[0] == batch;
    return settings_.masked == masked::rows && of_batch && i != p && i != k &&
           inputs[i].role != role::labels && is_0(k);
  }
  long double poisoned() const {
    return settings_.poison == poison::nan        ? NAN
           : settings_.poison == poison::infinity ? INFINITY
                                                  : 1e30f;
  }
  term slot(std::string_view name, range allowed, double value) {
    node n;
    n.code = op::slot;
    n.payload = static_cast<std::int16_t>(g.slots);
    at.slot[g.slots] = static_cast<double>(static_cast<float>(value));
    g.slot[g.slots++] = {name, allowed};
    return make(g, n);
  }
  void add_scalars() {
    temperature_ = slot("temperature", range::positive, r_.among({0.5, 1.0, 4.0, 3.7}));
    share_ = slot("share", range::fraction, r_.among({0.0, 0.25, 0.9, 1.0}));
    ignored_ = slot("", range::any, -1);
    pool_.push_back(slot("", range::any, r_.among({0.5, -2.0, 1e8, 1e-3, 0.0})));
  }

  // ---- terms, and the other way to write them ---------------------------------------------------

  term number(double x) { return constant(g, x); }
  term add(term a, term b) { return twin() ? b + a : a + b; }
  term subtract(term a, term b) {
    if (!twin()) return a - b;
    return order_.one_in(2) ? -(b - a) : a + -b;
  }
  term multiply(term a, term b) { return twin() ? b * a : a * b; }
  term divide(term a, term b) { return twin() ? a * (number(1) / b) : a / b; }
  term negate(term a) { return twin() ? number(0) - a : -a; }
  term choose(term c, term a, term b) {
    return twin() ? where(number(1) - c, b, a) : where(c, a, b);
  }
  term unary(op code, term a) { return apply(code, a); }
  term square(term a) { return a * a; }

  /// An earlier term, of the last ones more often; all if none has the axes.
  term any(axis_set with = 0) {
    for (int attempt = 0; attempt < 8; ++attempt) {
      const int n = static_cast<int>(pool_.size()), back = std::min(r_.below(n), r_.below(n));
      const term t = pool_[static_cast<std::size_t>(r_.one_in(3) ? r_.below(n) : n - 1 - back)];
      if (contains(t.axes(), with)) return t;
    }
    return with == 0 ? pool_.back() : pool_.front();
  }
  /// A second operand, whose axes make no large tensor with the first one's.
  term beside(term a) {
    for (int attempt = 0; attempt < 8; ++attempt)
      if (const term b = any(); fits(a.axes() | b.axes())) return b;
    return a;
  }
  bool fits(axis_set axes) const { return at.positions(axes) <= 400; }
  axis_set some_axes(axis_set of) {
    if (settings_.masked == masked::rows) of &= ~axis(batch);  // rows stay apart
    for (;;) {
      axis_set some = 0;
      for (int i = 0; i < model_axes; ++i)
        if (contains(of, axis(i)) && r_.one_in(2)) some |= axis(i);
      if (some != 0 || of == 0) return some;
    }
  }
  term mean(term x, axis_set over) {
    return divide(reduce(op::sum, x, over), apply(op::maximum, extent(g, over), number(1)));
  }
  term log_softmax(term x, axis_set over) { return x - reduce(op::log_sum_exp, x, over); }
  term small(term x) { return r_.one_in(3) ? x : multiply(number(2), unary(op::tanh, x)); }
  term positive(term x) {
    return r_.one_in(2) ? add(square(x), number(0.5)) : add(unary(op::abs, x), number(0.25));
  }
  term condition(term a, term b) {
    const op code = r_.among({op::greater, op::greater_equal, op::equal});
    return apply(code, a, b);
  }
};

}  // namespace kd::test
