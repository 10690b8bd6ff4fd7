// SPDX-License-Identifier: MIT
// A random objective, as the language can make it: leaves, then steps that take earlier terms (so
// that terms are shared), then a scalar. A seed determines it.
#pragma once
#include "support/random_leaves.hpp"

namespace kd::test {

class random_graph : public random_leaves {
 public:
  explicit random_graph(const random_settings& s, form f = form::written) : random_leaves(s, f) {
    if (s.masked == masked::positions) mask_positions();
    for (int step = 0; step < s.steps && !g.full; ++step) add_step();
    make_objective();
    for (int& gradient : g.gradient) gradient = -1;
  }

 private:
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
      case 16: return unary(r_.among({op::sqrt, op::root}), x);
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
        const term other_side = beside(x + y);
        if (!fits(x.axes() | y.axes() | other_side.axes())) return {};
        return choose(condition(x, y), other_side, x);
      }
      default: return divide(x, y);
    }
  }
  term of_scalar(term x) {
    switch (r_.below(6)) {
      case 0: return divide(x, temperature_);
      case 1: return multiply(x, divide(number(1), temperature_));
      case 2: return add(x, number(r_.among({1.0, -3.0, 0.0, settings_.finite ? 2.0 : 1e8})));
      case 3:
        return multiply(number(r_.among({-1.0, 0.5, 0.0, 1.0, settings_.finite ? 2.0 : 1e6})), x);
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
        return r_.one_in(2) ? unary(op::root, squares)
                            : choose(equal(squares, none), none, unary(op::sqrt, squares));
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
    const auto logits = [&](term t) {
      return log_softmax(warm ? divide(t, temperature_) : t, over);
    };
    switch (r_.below(6)) {
      case 0: return logits(x);
      case 1: return exp(logits(x));
      case 2: return reduce(op::sum, apply(op::divergence, logits(x), logits(y)), over);
      case 3: return apply(op::divergence, logits(x), logits(y));
      case 4: {
        const term log_p = logits(x), log_q = logits(y);
        return reduce(op::sum, apply(op::divergence_at, log_p, exp(log_q), subtract(log_q, log_p)),
                      over);
      }
      default: return negate(reduce(op::sum, multiply(exp(logits(x)), logits(y)), over));
    }
  }
  term of_labels() {
    if (r_.one_in(4)) return added_by_labels();
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
      default:
        return subtract(counted(one_hot(y, axis(classes), ignored)),
                        exp(log_softmax(x, axis(classes))));
    }
  }
  /// A number for each token, added up at the classes that the tokens' labels name.
  term added_by_labels() {
    const auto [y, holds_ignored] = labels_.back();
    const axis_set tokens = y.axes() & axis(token);
    const term x = any(tokens);
    if (tokens == 0 || contains(x.axes(), axis(classes)) ||
        !fits(x.axes() | y.axes() | axis(classes)))
      return {};
    const term added = multiply(x, unary(op::tanh, any(axis(batch) & y.axes())));
    if (contains(added.axes(), axis(classes)) || !fits(added.axes() | axis(classes))) return {};
    const term counted =
        holds_ignored ? where(apply(op::is_label, y, ignored_), added, number(0)) : added;
    return scatter(counted, y, axis(classes), tokens, holds_ignored ? ignored_ : term{});
  }
  term structure(term x) {
    if (settings_.masked == masked::rows) {
      const axis_set over = some_axes(x.axes());
      return over == 0 ? term{} : contract(x, exp(small(x)), over);
    }
    const bool renames = contains(x.axes(), axis(batch)) && !contains(x.axes(), axis(other));
    const bool back = contains(x.axes(), axis(other)) && !contains(x.axes(), axis(batch));
    if (r_.one_in(2) && (renames || back))
      return renames ? rename(x, axis_[batch], axis_[other])
                     : rename(x, axis_[other], axis_[batch]);
    const term y = renames && r_.one_in(2) ? rename(x, axis_[batch], axis_[other]) : beside(x);
    if (r_.one_in(8) && g.size < 100) return derivative(scalar_of(x), made_[z]);
    const axis_set over = some_axes(x.axes() & y.axes());
    if (over == 0) return multiply(x, position(g, axis(r_.below(token))));
    return twin() ? contract(y, x, over) : contract(x, y, over);
  }

  // ---- the objective ----------------------------------------------------------------------------

  term scalar_of(term x) {
    if (settings_.masked == masked::rows) return taken_rows(x);
    if (x.axes() == 0) return x;
    if (settings_.finite || !r_.one_in(4))
      return r_.one_in(2) ? mean(x, x.axes()) : reduce(op::sum, x, x.axes());
    const axis_set some = some_axes(x.axes());
    const op code = r_.among({op::sum, op::max, op::log_sum_exp});
    const term y = reduce(at.positions(some) == 0 ? op::sum : code, x, some);
    return reduce(op::sum, y, y.axes());
  }
  /// Puts terms that choose by a mask in the place of logits.
  void mask_positions() {
    term x = made_[z];
    for (int n = 1 + r_.below(2); n > 0; --n) x = of_one(x);
    const term taken = made_[m], other = number(r_.among({0.0, -2.0}));
    pool_[0] = r_.one_in(2) ? where(taken, x, other) : where(number(1) - taken, other, x);
  }
  /// A sum of what rows give, of those that a mask takes.
  term taken_rows(term x) {
    const axis_set over = x.axes() & ~axis(batch);
    const term row = r_.one_in(2) ? mean(x, over) : reduce(op::sum, x, over);
    const term other = multiply(made_[p].index < 0 ? number(1) : made_[p], share_);
    const term rows =
        r_.one_in(2) ? where(made_[k], row, other) : where(equal(made_[k], number(0)), other, row);
    return reduce(op::sum, rows, rows.axes());
  }
  void make_objective() {
    term value = scalar_of(pool_.back());
    for (int parts = r_.below(3); parts > 0; --parts) {
      const term part = scalar_of(any());
      if (r_.one_in(2) && g.has_room(g.terms, max_terms, limit::named_parts))
        g.term[g.terms++] = {"part", part.index};
      value = add(value, multiply(r_.one_in(2) ? share_ : number(0.5), part));
    }
    g.value = value.index;
  }
};

}  // namespace kd::test
