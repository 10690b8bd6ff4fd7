// SPDX-License-Identifier: MIT
// Gates: where an adjoint counts. A choice sends its gradient to the side that was taken; on the
// other side everything behind it is 0, and not 0 times what stands there, which may be infinite or
// not a number. So an adjoint is multiplied as if it were there, and its gates close at the end: a
// pullback is linear in it.
#pragma once
#include <kd/graph/operations.hpp>

namespace kd::detail {

/// Open where a condition holds (is not 0), or where it does not.
struct gate {
  term condition{};
  bool holds = true;
  bool of_where = true;  // of a choice by the user; of max and min otherwise

  constexpr bool same_as(const gate& other) const {
    return condition.index == other.condition.index && holds == other.holds;
  }
  constexpr term close(term t) const {
    const term none = constant(*t.g, 0);
    return holds ? where(condition, t, none) : where(condition, none, t);
  }
};

/// Several gates one behind the other, outermost first: open where all are.
struct gates {
  static constexpr int max_gates = 4;
  gate at[max_gates]{};
  int size = 0;

  template <class Is>  // first, because clang 14 wants it so
  constexpr gates only(Is is) const {
    gates some;
    for (int i = 0; i < size; ++i)
      if (is(at[i])) some.at[some.size++] = at[i];
    return some;
  }

  constexpr bool has(const gate& other) const {
    for (int i = 0; i < size; ++i)
      if (at[i].same_as(other)) return true;
    return false;
  }
  constexpr gates and_also(const gate& more) const {
    gates all = *this;
    if (all.has(more)) return all;
    if (size == max_gates) {  // two become one
      gates two;
      two.size = 2, two.at[0] = at[0], two.at[1] = at[1];
      all.at[1] = {two.as_number(*more.condition.g), true, at[0].of_where || at[1].of_where};
      for (int i = 0; i + 1 < size; ++i) all.at[i] = all.at[i + 1];
      --all.size;
    }
    all.at[all.size++] = more;
    return all;
  }
  constexpr gates and_open_where(term condition) const { return and_also({condition}); }

  /// The term where all are open, else 0.
  constexpr term close(term t) const {
    for (int i = size - 1; i >= 0; --i) t = at[i].close(t);
    return t;
  }
  /// 1 where all are open, else 0.
  constexpr term as_number(graph& g) const { return close(constant(g, 1)); }

  constexpr axis_set axes() const {
    axis_set all = 0;
    for (int i = 0; i < size; ++i) all |= at[i].condition.axes();
    return all;
  }
  /// Those whose condition varies along some of the axes.
  constexpr gates over(axis_set axes) const {
    return only([&](const gate& x) { return overlap(x.condition.axes(), axes); });
  }
  /// Those of a `where`: what they keep out may be anything. What max and min do not take is never
  /// NaN, and only its own derivative can be infinite.
  constexpr gates of_where() const {
    return only([](const gate& x) { return x.of_where; });
  }
  /// 1 where they are all open at some position along the axes, else 0.
  constexpr term any(graph& g, axis_set axes) const {
    const term open = as_number(g);
    return reduce(op::max, open, open.axes() & axes);
  }
};

constexpr gates common(const gates& a, const gates& b) {
  return a.only([&](const gate& x) { return b.has(x); });
}
constexpr gates without(const gates& a, const gates& b) {
  return a.only([&](const gate& x) { return !b.has(x); });
}
/// Whether one of them is always open and never both.
constexpr bool are_opposite(const gates& a, const gates& b) {
  return a.size == 1 && b.size == 1 && a.at[0].condition.index == b.at[0].condition.index &&
         a.at[0].holds != b.at[0].holds;
}

}  // namespace kd::detail
