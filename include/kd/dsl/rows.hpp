// SPDX-License-Identifier: MIT
// Rows: a label loss has a value for each position of all axes but the classes, and is the mean of
// these. `mean_of_rows` is where a loss says so, so that `weighted` can weigh the rows of a loss
// and `per_row` can show them without a second formula: lowering knows what is around it.
#pragma once
#include <kd/dsl/labels.hpp>
#include <kd/dsl/reduce.hpp>

namespace kd {

namespace detail {

/// The mean over all axes but some, of the rows that Labels, if there are any, do not ignore.
template <class A, class Counted, auto... Kept>
struct mean_of_rows_but : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] Counted counted;
  constexpr mean_of_rows_but(A x, Counted c) : a(x), counted(c) {}

  using rows = all_but<A, Kept...>;
  static constexpr axis_list axes = list_of<Kept...>();
  static constexpr std::uint64_t hash =
      hash_of("mean_of_rows", hash_axes<Kept...>(), A::hash, Counted::hash);
  static constexpr int numbers = A::numbers + Counted::numbers;
  static constexpr term lower(lowering& l) {
    term x = lower_row<A>(l);
    if (l.rows.finite) x = where(apply(op::is_finite, x), x, constant(l.g, 0));
    const term labelled = lower_row<Counted>(l);
    const term weight = weight_of(l, labelled);
    l.rows.any = true;
    if (sizeof...(Kept) > 0 && (l.rows.kept || l.rows.finite)) l.rows.found = row_mistake::compared;
    const axis_set over = rows::set(l.g);
    if (weight.index < 0) {
      if (l.rows.kept) return x;
      const term total = reduce(op::sum, x, over), rows = extent(l.g, over);
      return total / apply(op::maximum, rows, constant(l.g, 1));
    }
    const term none = constant(l.g, 0), one = constant(l.g, 1);
    const term row = where(weight, l.rows.weights < 0 ? x : weight * x, none);
    if (l.rows.kept) return row;
    const term total = reduce(op::sum, row, over);
    const term weights =
        reduce(op::sum, weight, weight.axes() & over) * extent(l.g, over & ~weight.axes());
    return total / where(equal(weights, none), one, weights);
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit), counted.scalars(visit); }

 private:
  /// What is inside of a row is not of its rows, but for a mean that compares them; no axis ends
  /// where rows are kept.
  template <class E>
  static constexpr term lower_row(lowering& l) {
    if constexpr (sizeof...(Kept) > 0) return rows::template lower<E>(l);
    else {
      const bool kept = l.rows.kept;
      return l.apart_from_rows([&] { return kept ? E::lower(l) : rows::template lower<E>(l); });
    }
  }
  /// A row's weight; without a node if all count the same.
  static constexpr term weight_of(lowering& l, term labelled) {
    const term given = l.rows.weights < 0 ? term{} : term{&l.g, l.rows.weights};
    if (given.index >= 0 && !contains(rows::set(l.g), given.axes()))
      l.rows.found = row_mistake::other_axes;
    if (labelled.index < 0) return given;
    return given.index < 0 ? labelled : where(labelled, given, constant(l.g, 0));
  }
};

template <class A, class W>
struct weighted_rows : expression_base {
  [[no_unique_address]] W w;
  [[no_unique_address]] A a;
  constexpr weighted_rows(A x, W weights) : w(weights), a(x) {}

  static constexpr axis_list axes = A::axes;
  static constexpr std::uint64_t hash = hash_of("weighted", A::hash, W::hash);
  static constexpr int numbers = W::numbers + A::numbers;
  static constexpr term lower(lowering& l) {
    const rows_around outside = l.rows;
    const term w = l.apart_from_rows([&] { return W::lower(l); });
    l.rows.weights = outside.weights < 0 ? w.index : (term{&l.g, outside.weights} * w).index;
    const term x = A::lower(l);
    l.rows.weights = outside.weights;
    return x;
  }
  KD_INLINE constexpr void scalars(auto& visit) const { w.scalars(visit), a.scalars(visit); }
};

/// An objective whose losses do something with their rows: keep them, or only what is finite.
template <bool rows_around::*Flag, class A>
struct rows_with : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit rows_with(A x) : a(x) {}

  static constexpr axis_list axes = [] {
    axis_list list = A::axes;
    lowering l;
    l.rows.*Flag = true;
    const axis_set all = A::lower(l).axes();
    for (int axis = 0; axis < l.g.axes; ++axis)
      if (contains(all, single(axis))) list.add(l.g.axis_name[axis]);
    return list;
  }();
  static constexpr std::uint64_t hash =
      hash_of("rows_with", Flag == &rows_around::kept ? 1 : 2, A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    const bool outside = l.rows.*Flag;
    l.rows.*Flag = true;
    const term x = A::lower(l);
    l.rows.*Flag = outside;
    return x;
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};
template <class A>
using rows_kept = rows_with<&rows_around::kept, A>;
template <class A>
using rows_finite = rows_with<&rows_around::finite, A>;

/// A part of a loss that compares rows by something else than their mean.
template <class A>
struct rows_compared : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit rows_compared(A x) : a(x) {}

  static constexpr axis_list axes = A::axes;
  static constexpr std::uint64_t hash = hash_of("compares_rows", A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    if (l.rows.kept || l.rows.finite || l.rows.weights >= 0) l.rows.found = row_mistake::compared;
    return A::lower(l);
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

/// Says what is wrong with rows that are weighted or shown; true if all is well.
template <class E>
constexpr bool check_rows() {
  constexpr rows_around rows = lower<E>().rows;
  static_assert(rows.any,
                "kd: weighted, per_row and skip_non_finite take a loss of rows, and what was "
                "given, in the argument of 'check_rows', has none; end a loss of your own in "
                "mean_of_rows(row)");
  static_assert(rows.found != row_mistake::compared,
                "kd: a loss in the argument of 'check_rows' compares rows with each other, so that "
                "it has no value for each row, or weights would mean nothing; weigh the other "
                "losses only");
  static_assert(rows.found != row_mistake::other_axes,
                "kd: weights have an axis that the rows of a loss in the argument of 'check_rows' "
                "lack; weigh only the losses that have it, or take the mean of the weights");
  return rows.any && rows.found == row_mistake::none;
}

/// x, of which weights can mean nothing: a loss that compares rows.
template <Expression A>
KD_INLINE constexpr auto compares_rows(const A& a) {
  if constexpr (any_mistaken<A>) return mistaken{};
  else return rows_compared<A>(a);
}

}  // namespace detail

/// Mean over all axes of x but the given ones, as `mean_all_but`, where the axes are those of a
/// loss's rows: `weighted` weighs them and, if none is given, `per_row` keeps them.
template <auto... Kept, Expression A>
KD_INLINE constexpr auto mean_of_rows(const A& a) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else if constexpr (!detail::check_axes<A, Kept...>()) return detail::mistaken{};
  else return detail::mean_of_rows_but<A, detail::none_ignored, Kept...>(a, {});
}
/// The same of the rows whose label is not ignored, see `ignoring`.
template <auto... Kept, Expression A, Labels Y>
KD_INLINE constexpr auto mean_of_rows(const A& a, const Y& y) {
  if constexpr (detail::any_mistaken<A, Y>) return detail::mistaken{};
  else if constexpr (!detail::check_axes<A, Kept...>()) return detail::mistaken{};
  else
    return detail::mean_of_rows_but<A, decltype(detail::counted_of(y)), Kept...>(
        a, detail::counted_of(y));
}

/// An objective whose losses weigh their rows: the mean of a loss is sum(w row) / sum(w), 0 where
/// all weights are. w >= 0 has some of the axes of the rows: a mask of padding, a weight per
/// sample. Whatever stands in a row of weight 0, as NaN, does not count.
template <Expression A, Expression W>
KD_INLINE constexpr auto weighted(const A& objective, const W& w) {
  if constexpr (detail::any_mistaken<A, W>) return detail::mistaken{};
  else if constexpr (!detail::check_rows<detail::weighted_rows<A, W>>()) return detail::mistaken{};
  else return detail::weighted_rows<A, W>(objective, w);
}

/// The rows of an objective of losses, whose mean it is: `per_row(kl_divergence(zs, zt))` has the
/// axes of the logits but classes. 0 where a label is ignored.
template <Expression A>
KD_INLINE constexpr auto per_row(const A& objective) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else if constexpr (!detail::check_rows<detail::rows_kept<A>>()) return detail::mistaken{};
  else return detail::rows_kept<A>(objective);
}

/// An objective whose losses leave out rows that are NaN or infinite: such a row adds 0 to value
/// and gradient, and still counts in the mean. In a formula of one's own, `where_finite`.
template <Expression A>
KD_INLINE constexpr auto skip_non_finite(const A& objective) {
  if constexpr (detail::any_mistaken<A>) return detail::mistaken{};
  else if constexpr (!detail::check_rows<detail::rows_finite<A>>()) return detail::mistaken{};
  else return detail::rows_finite<A>(objective);
}

namespace detail {
/// An objective of the rows whose label is not ignored.
template <Expression A, Labels Y>
KD_INLINE constexpr auto where_labelled(const A& objective, const Y& y) {
  if constexpr (ignore_some<Y>) return weighted(objective, counted_of(y));
  else return objective;
}
}  // namespace detail

}  // namespace kd
