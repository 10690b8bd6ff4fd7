// SPDX-License-Identifier: MIT
// Reductions over named axes: `sum<classes>(x)`. Every reduced axis must be an axis of x.
#pragma once
#include <kd/dsl/elementwise.hpp>

namespace kd {

namespace detail {

/// Whether an expression has an axis. Named in error messages:
/// `has_axis<(expression), kd::axes::channel>`.
template <class E, class Axis>
inline constexpr bool has_axis = E::axes.has(Axis::name);

/// Says so if an expression lacks one of the axes; true if all is well.
template <class E, auto... Axes>
constexpr bool check_axes() {
  if constexpr (!axes_are_named<Axes...>()) return false;
  else {
    static_assert(
        (has_axis<E, axis_type<Axes>> && ...),
        "kd: a reduction, view, pick or dot names an axis that its expression does not have; "
        "the axes are the last template arguments of 'check_axes', the expression is the first");
    return (has_axis<E, axis_type<Axes>> && ...);
  }
}

/// Says so if a reduction names no axis or one twice; true if all is well.
template <auto... Axes>
constexpr bool check_named() {
  static_assert(sizeof...(Axes) > 0,
                "kd: a reduction or dot names no axis; name every axis that it runs over, as in "
                "sum<batch, classes>(x)");
  if constexpr (!axes_are_named<Axes...>()) return false;
  else {
    static_assert(list_of<Axes...>().size == sizeof...(Axes),
                  "kd: a reduction or dot names an axis twice; the axes are the template arguments "
                  "of 'check_named'; name each once");
    return sizeof...(Axes) > 0 && list_of<Axes...>().size == sizeof...(Axes);
  }
}

template <op Code, auto... Over, class A>
KD_INLINE constexpr auto reduce_over(const A& a) {
  if constexpr (any_mistaken<A>) return mistaken{};
  else if constexpr (!check_named<Over...>()) return mistaken{};
  else if constexpr (!check_axes<A, Over...>()) return mistaken{};
  else return reduction<Code, A, Over...>(a);
}

/// The axes of an expression but some.
template <class A, auto... Kept>
struct all_but {
  static constexpr axis_list axes = without(A::axes, list_of<Kept...>());
  static constexpr axis_set set(graph& g) {
    axis_set over = 0;
    for (int i = 0; i < axes.size; ++i) over |= single(g.axis(axes.name[i]));
    return over;
  }
  /// Lowers an operand of an operation that ends these axes.
  template <class E>
  static constexpr term lower(lowering& l) {
    if (!l.around.any()) return E::lower(l);
    return l.lower_inside<E>({surrounding_kind::end_of_axes, {}, set(l.g)});
  }
};

/// The sum over all axes but some, or the mean, which is 0 over no positions.
template <bool IsMean, class A, auto... Kept>
struct reduction_but : expression_base {
  [[no_unique_address]] A a;
  constexpr explicit reduction_but(A x) : a(x) {}

  using reduced = all_but<A, Kept...>;
  static constexpr axis_list axes = list_of<Kept...>();
  static constexpr std::uint64_t hash =
      hash_of("reduce_but", IsMean, hash_axes<Kept...>(), A::hash);
  static constexpr int numbers = A::numbers;
  static constexpr term lower(lowering& l) {
    const term x = reduced::template lower<A>(l);
    const term total = reduce(op::sum, x, reduced::set(l.g));
    if (!IsMean) return total;
    return total / apply(op::maximum, extent(l.g, reduced::set(l.g)), constant(l.g, 1));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { a.scalars(visit); }
};

template <bool IsMean, auto... Kept, class A>
KD_INLINE constexpr auto reduce_but(const A& a) {
  if constexpr (any_mistaken<A>) return mistaken{};
  else if constexpr (!check_axes<A, Kept...>()) return mistaken{};
  else if constexpr (all_but<A, Kept...>::axes.size == 0) return a;
  else return reduction_but<IsMean, A, Kept...>(a);
}

/// The number of positions along axes, a scalar.
template <auto... Axes>
struct extent_of : expression_base {
  static constexpr axis_list axes{};
  static constexpr std::uint64_t hash = hash_of("extent", hash_axes<Axes...>());
  static constexpr int numbers = 0;
  static constexpr term lower(lowering& l) { return extent(l.g, set_of<Axes...>(l.g)); }
  KD_INLINE constexpr void scalars(auto&) const {}
};

/// The index along an axis.
template <auto Axis>
struct position_along : expression_base {
  static constexpr axis_list axes = list_of<Axis>();
  static constexpr std::uint64_t hash = hash_of("position", hash_axes<Axis>());
  static constexpr int numbers = 0;
  static constexpr term lower(lowering& l) { return l.position(l.g.axis(Axis.name)); }
  KD_INLINE constexpr void scalars(auto&) const {}
};

template <auto Axis>
constexpr auto make_position() {
  if constexpr (!axes_are_named<Axis>()) return mistaken{};
  else return position_along<Axis>{};
}
template <auto... Axes>
constexpr auto make_extent() {
  if constexpr (!axes_are_named<Axes...>()) return mistaken{};
  else return extent_of<Axes...>{};
}

}  // namespace detail

/// The index 0, 1, 2, ... along an axis: for masks and weights of ranks. How many there are must be
/// known from a tensor that has the axis, or from `compile`: `kd::compile(objective, token(10))`.
template <auto Axis>
inline constexpr auto position = detail::make_position<Axis>();

/// The number of positions along axes, a scalar.
template <auto... Axes>
inline constexpr auto extent = detail::make_extent<Axes...>();

/// Sum over axes.
template <auto... Over, Expression A>
KD_INLINE constexpr auto sum(const A& a) {
  return detail::reduce_over<detail::op::sum, Over...>(a);
}
/// Mean over axes; 0 over no positions, as of an empty batch.
template <auto... Over, Expression A>
KD_INLINE constexpr auto mean(const A& a) {
  return sum<Over...>(a) / max(extent<Over...>, constant_of<1>);
}
/// Sum over all axes of x but the given ones, which x must have; x itself if it has no others.
template <auto... Kept, Expression A>
KD_INLINE constexpr auto sum_all_but(const A& a) {
  return detail::reduce_but<false, Kept...>(a);
}
/// Mean over all axes of x but the given ones; 0 over no positions.
template <auto... Kept, Expression A>
KD_INLINE constexpr auto mean_all_but(const A& a) {
  return detail::reduce_but<true, Kept...>(a);
}
/// Maximum over axes; positions that attain it share its gradient.
template <auto... Over, Expression A>
requires(sizeof...(Over) > 0) KD_INLINE constexpr auto max(const A& a) {
  return detail::reduce_over<detail::op::max, Over...>(a);
}
/// Minimum over axes; positions that attain it share its gradient.
template <auto... Over, Expression A>
requires(sizeof...(Over) > 0) KD_INLINE constexpr auto min(const A& a) { return -max<Over...>(-a); }
/// log(sum(e^x)) over axes, without overflow.
template <auto... Over, Expression A>
KD_INLINE constexpr auto log_sum_exp(const A& a) {
  return detail::reduce_over<detail::op::log_sum_exp, Over...>(a);
}

/// x - log_sum_exp(x): the logarithm of the softmax.
template <auto... Over, Expression A>
KD_INLINE constexpr auto log_softmax(const A& a) {
  return detail::read_once([](auto x) { return x - log_sum_exp<Over...>(x); }, a);
}
/// e^x / sum(e^x)
template <auto... Over, Expression A>
KD_INLINE constexpr auto softmax(const A& a) {
  return exp(log_softmax<Over...>(a));
}

}  // namespace kd
