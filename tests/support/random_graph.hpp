// SPDX-License-Identifier: MIT
// A random objective, as the language can make it: leaves, then steps that take earlier terms (so
// that terms are shared), then a scalar. A seed determines it, and so it does its twin: the same
// expression written otherwise (operands exchanged, a - b as -(b - a), choices turned around, leaves
// and axes in another order).
#pragma once
#include <algorithm>

#include <kd/graph/differentiate.hpp>
#include "support/random_point.hpp"

namespace kd::test {

enum class form { written, twin };

struct random_settings {
  std::uint64_t seed = 0;
  int steps = 8;
  bool finite = false;  // numbers and operations whose values and gradients should all be finite
};

class random_graph {
 public:
  graph g;
  point at;
  model_input inputs[12] = {
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
  };
  static constexpr int input_count = 12;
  int number_of[input_count];  // in the graph, -1 if it is not there

  explicit random_graph(const random_settings& s, form f = form::written)
      : settings_(s), form_(f), r_(s.seed), order_(s.seed + 77) {
    std::int64_t extent[model_axes];
    choose_extents(r_, extent);
    add_axes(extent);
    add_inputs(extent);
    add_scalars();
    for (int step = 0; step < s.steps && !g.full; ++step) add_step();
    make_objective();
    for (int& gradient : g.gradient) gradient = -1;
  }

 private:
  random_settings settings_;
  form form_;
  random_bits r_, order_;  // what is computed, and how the twin writes it
  int axis_[model_axes]{};
  std::vector<term> pool_;
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
    term made[input_count];
    for (int i = 0; i < input_count; ++i) {
      number_of[i] = -1;
      model_input& m = inputs[i];
      if (i > 2 && !r_.one_in(2)) m.rank = -1;
      if (m.role == role::labels && (extent[classes] == 0 || r_.one_in(2))) m.kind = numbers::ignored_label;
      if (m.kind == numbers::normal)
        m.kind = settings_.finite || r_.one_in(2)
                     ? numbers::normal
                     : r_.among({numbers::ties, numbers::ties, numbers::offset, numbers::tiny,
                                 numbers::wide, numbers::masked, numbers::special});
      if (m.rank > 1 && m.role != role::labels && r_.one_in(6)) m.repeated = m.axis[r_.below(m.rank)];
    }
    int order[input_count];
    shuffle(order);
    for (int i : order)
      if (inputs[i].rank >= 0) made[i] = add_input(i, extent);
    for (int i = 0; i < input_count; ++i) {
      if (inputs[i].rank < 0) continue;
      if (inputs[i].role == role::labels)
        labels_.push_back({made[i], inputs[i].kind == numbers::ignored_label});
      else pool_.push_back(made[i]);
    }
  }
  term add_input(int i, const std::int64_t (&extent)[model_axes]) {
    const model_input& m = inputs[i];
    input_info info;
    info.role = m.role, info.model = m.model, info.name = m.name;
    node n;
    n.code = op::input;
    n.payload = static_cast<std::int16_t>(number_of[i] = g.inputs);
    for (int k = 0; k < m.rank; ++k)
      n.axes |= single(info.axis[info.rank++] = axis_[m.axis[k]]);
    if (m.repeated >= 0) at.repeated[g.inputs] = axis(m.repeated);
    const positions all(at, n.axes);
    std::int64_t index[max_axes]{}, by_name[max_axes]{};
    for (std::int64_t p = 0; p < all.size(); ++p) {
      all.go(p, index);
      for (int a = 0; a < model_axes; ++a) by_name[a] = index[axis_[a]];
      at.input[g.inputs].push_back(value_of(m, settings_.seed, i, by_name, extent[classes]));
    }
    g.input[g.inputs++] = info;
    return make(g, n);
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

  // ---- steps ------------------------------------------------------------------------------------

  void add_step() {
    const term x = any();
    term made;
    switch (r_.below(8)) {
      case 0: made = of_one(x); break;
      case 1:
      case 2: made = of_two(x, beside(x)); break;
      case 3: made = of_scalar(x); break;
      case 4: made = reduction(x); break;
      case 5: made = of_logits(); break;
      case 6: made = of_labels(); break;
      default: made = structure(x); break;
    }
    if (made.index >= 0 && fits(made.axes())) pool_.push_back(made);
  }
  term of_one(term x) {
    switch (r_.below(settings_.finite ? 14 : 18)) {
      case 0: return exp(small(x));
      case 1: return unary(op::expm1, small(x));
      case 2: return log(positive(x));
      case 3: return unary(op::log1p, square(x));
      case 4: return unary(op::sqrt, positive(x));
      case 5: return unary(op::abs, x);
      case 6: return unary(op::tanh, x);
      case 7: return unary(op::sigmoid, x);
      case 8: return unary(op::softplus, x);
      case 9: return unary(op::erf, x);
      case 10: return pow(positive(x), number(r_.among({0.5, 2.5, -1.5})));
      case 11: return negate(x);
      case 12: return unary(r_.among({op::stop_gradient, op::reverse_gradient}), x);
      case 13: return multiply(unary(op::sign, x), x);
      case 14: return exp(x);
      case 15: return log(x);
      case 16: return unary(op::sqrt, x);
      default: return pow(x, number(r_.among({2.0, 3.0, 0.0, 1.0})));
    }
  }
  term of_two(term x, term y) {
    switch (r_.below(settings_.finite ? 9 : 10)) {
      case 0: return add(x, y);
      case 1: return subtract(x, y);
      case 2: return multiply(x, y);
      case 3: return divide(x, positive(y));
      case 4: return apply(op::maximum, x, y);
      case 5: return apply(op::minimum, x, y);
      case 6: return choose(condition(x, y), x, y);
      case 7: return multiply(condition(x, y), x);
      case 8: {
        const term z = beside(x + y);
        return fits(x.axes() | y.axes() | z.axes()) ? choose(condition(x, y), z, x) : term{};
      }
      default: return divide(x, y);
    }
  }
  term of_scalar(term x) {
    switch (r_.below(6)) {
      case 0: return divide(x, temperature_);
      case 1: return multiply(x, divide(number(1), temperature_));
      case 2: return add(x, number(r_.among({1.0, -3.0, 0.0, settings_.finite ? 2.0 : 1e8})));
      case 3: return multiply(number(r_.among({-1.0, 0.5, 0.0, 1.0, settings_.finite ? 2.0 : 1e6})), x);
      case 4: {
        const term y = beside(x);
        return add(multiply(share_, x), multiply(subtract(number(1), share_), y));
      }
      default: return multiply(square(temperature_), x);
    }
  }
  term reduction(term x) {
    const axis_set over = some_axes(x.axes());
    if (over == 0) return {};
    switch (at.positions(over) == 0 ? r_.below(2) : r_.below(9)) {  // of nothing, sums only
      case 0: return reduce(op::sum, x, over);
      case 1: return mean(x, over);
      case 2: return reduce(op::max, x, over);
      case 3: return negate(reduce(op::max, negate(x), over));
      case 4: return reduce(op::log_sum_exp, x, over);
      case 5: return subtract(x, mean(x, over));
      case 6: return mean(square(subtract(x, mean(x, over))), over);
      case 7: {
        const term squares = reduce(op::sum, square(x), over), none = number(0);
        return choose(equal(squares, none), none, unary(op::sqrt, squares));
      }
      default: {
        const term squares = reduce(op::sum, square(x), over);
        return divide(x, unary(op::sqrt, apply(op::maximum, squares, number(0x1p-24))));
      }
    }
  }
  term of_logits() {
    const term x = any(axis(classes)), y = any(axis(classes));
    if (!contains(x.axes() & y.axes(), axis(classes)) || !fits(x.axes() | y.axes())) return {};
    const axis_set over = axis(classes);
    if (at.positions(over) == 0) return {};
    const bool warm = r_.one_in(2);
    const auto logits = [&](term t) { return log_softmax(warm ? divide(t, temperature_) : t, over); };
    switch (r_.below(6)) {
      case 0: return logits(x);
      case 1: return exp(logits(x));
      case 2: return reduce(op::sum, apply(op::divergence, logits(x), logits(y)), over);
      case 3: return apply(op::divergence, logits(x), logits(y));
      case 4: {
        const term log_p = logits(x), log_q = logits(y);
        return reduce(op::sum, apply(op::divergence_at, log_p, exp(log_q), subtract(log_q, log_p)), over);
      }
      default: return negate(reduce(op::sum, multiply(exp(logits(x)), logits(y)), over));
    }
  }
  term of_labels() {
    const auto [y, holds_ignored] =
        labels_[static_cast<std::size_t>(r_.below(static_cast<int>(labels_.size())))];
    const term x = any(axis(classes));
    const bool ignores = holds_ignored || r_.one_in(3);
    const auto counted = [&](term t) {
      return ignores ? where(apply(op::is_label, y, ignored_), t, number(0)) : t;
    };
    const term ignored = ignores ? ignored_ : term{};
    if (!contains(x.axes(), axis(classes)) || !fits(x.axes() | y.axes())) return {};
    switch (at.positions(axis(classes)) == 0 ? r_.below(2) : r_.below(5)) {
      case 0: return counted(pick(x, y, axis(classes), ignored));
      case 1: return multiply(counted(one_hot(y, axis(classes), ignored)), x);
      case 2: return counted(pick(log_softmax(x, axis(classes)), y, axis(classes), ignored));
      case 3: return multiply(condition(position(g, axis(classes)), y), x);
      default: return subtract(counted(one_hot(y, axis(classes), ignored)), exp(log_softmax(x, axis(classes))));
    }
  }
  term structure(term x) {
    const bool renames = contains(x.axes(), axis(batch)) && !contains(x.axes(), axis(other));
    const bool back = contains(x.axes(), axis(other)) && !contains(x.axes(), axis(batch));
    if (r_.one_in(2) && (renames || back))
      return renames ? rename(x, axis_[batch], axis_[other]) : rename(x, axis_[other], axis_[batch]);
    const term y = renames && r_.one_in(2) ? rename(x, axis_[batch], axis_[other]) : beside(x);
    if (r_.one_in(8) && g.size < 100) return derivative(scalar_of(x), pool_[0]);
    const axis_set over = some_axes(x.axes() & y.axes());
    if (over == 0) return multiply(x, position(g, axis(r_.below(token))));
    return twin() ? contract(y, x, over) : contract(x, y, over);
  }

  // ---- the objective ----------------------------------------------------------------------------

  term scalar_of(term x) {
    if (x.axes() == 0) return x;
    if (settings_.finite || !r_.one_in(4)) return r_.one_in(2) ? mean(x, x.axes()) : reduce(op::sum, x, x.axes());
    const axis_set some = some_axes(x.axes());
    const op code = r_.among({op::sum, op::max, op::log_sum_exp});
    const term y = reduce(at.positions(some) == 0 ? op::sum : code, x, some);
    return reduce(op::sum, y, y.axes());
  }
  void make_objective() {
    term value = scalar_of(pool_.back());
    for (int parts = r_.below(3); parts > 0; --parts) {
      const term part = scalar_of(any());
      if (r_.one_in(2) && g.has_room(g.terms, max_terms)) g.term[g.terms++] = {"part", part.index};
      value = add(value, multiply(r_.one_in(2) ? share_ : number(0.5), part));
    }
    g.value = value.index;
  }
};

}  // namespace kd::test
