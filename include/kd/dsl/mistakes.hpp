// SPDX-License-Identifier: MIT
// What is not defined says so: overloads for calls that no operation takes.
#pragma once
#include <kd/dsl/divergence.hpp>
#include <kd/dsl/labels.hpp>
#include <kd/dsl/mixture.hpp>
#include <kd/dsl/rows.hpp>
#include <kd/dsl/similarity.hpp>
#include <kd/dsl/view.hpp>

namespace kd {

namespace detail {

template <bool AreObjects, class... Given>
constexpr mistaken axes_are_objects() {
  static_assert(AreObjects,
                "kd: axes are objects, not texts or types; name them, as in softmax<classes>(zs), "
                "and declare your own:  inline constexpr struct layer : kd::axis<\"layer\"> {} "
                "layer;");
  return {};
}
template <bool IsNamed, class... Operands>
constexpr mistaken axis_is_named() {
  static_assert(IsNamed,
                "kd: an operation along an axis names none; write the axis, as in "
                "pick<classes>(zs, y)");
  return {};
}
template <bool HaveAxes, class... Operands>
constexpr mistaken operands_have_axes() {
  static_assert(HaveAxes,
                "kd: an operation along axes takes expressions, and something else was given; the "
                "types stand in 'operands_have_axes<...>'; declare a tensor as an input, "
                "kd::given<\"name\", axes...>, and bind it in the call; a number or schedule has "
                "no axes");
  return {};
}
template <bool Takes, class... Given>
constexpr mistaken loss_takes() {
  static_assert(
      Takes,
      "kd: a loss takes expressions: the student's, then the teacher's, then labels, as "
      "far as it reads them, and options by name after them, as in  kd::kl_divergence(zs, "
      "zt, {.temperature = 2});  the types that were given stand in 'loss_takes<...>'");
  return {};
}
/// For what a loss is called with if it is none of its forms.
template <class... Given>
constexpr mistaken mistaken_loss(const Given&...) {
  return loss_takes<false, Given...>();
}

template <class... Types>
concept AxisTypes = sizeof...(Types) > 0 && (... && requires { Types::name; });

}  // namespace detail

#define KD_EXPLAIN_AXES(operation)                                                          \
  template <fixed_string... Axes, class... Operands>                                        \
  requires(sizeof...(Axes) > 0) constexpr auto operation(const Operands&...) {              \
    return detail::axes_are_objects<false, Operands...>();                                  \
  }                                                                                         \
  template <class... Axes, class... Operands>                                               \
  requires detail::AxisTypes<Axes...>                                                       \
  constexpr auto operation(const Operands&...) {                                            \
    return detail::axes_are_objects<false, Axes..., Operands...>();                         \
  }                                                                                         \
  template <auto... Axes, class... Operands>                                                \
  requires(sizeof...(Axes) > 0 && !(Expression<Operands> && ...)) constexpr auto operation( \
      const Operands&...) {                                                                 \
    return detail::operands_have_axes<false, Operands...>();                                \
  }

KD_EXPLAIN_AXES(sum)
KD_EXPLAIN_AXES(sum_all_but)
KD_EXPLAIN_AXES(mean)
KD_EXPLAIN_AXES(mean_all_but)
KD_EXPLAIN_AXES(mean_of_rows)
KD_EXPLAIN_AXES(max)
KD_EXPLAIN_AXES(min)
KD_EXPLAIN_AXES(log_sum_exp)
KD_EXPLAIN_AXES(softmax)
KD_EXPLAIN_AXES(log_softmax)
KD_EXPLAIN_AXES(norm)
KD_EXPLAIN_AXES(normalize)
KD_EXPLAIN_AXES(centre)
KD_EXPLAIN_AXES(standardize)
KD_EXPLAIN_AXES(variance)
KD_EXPLAIN_AXES(sample_variance)
KD_EXPLAIN_AXES(entropy)
KD_EXPLAIN_AXES(kl)
KD_EXPLAIN_AXES(dot)
KD_EXPLAIN_AXES(cosine_similarity)
KD_EXPLAIN_AXES(pearson)
KD_EXPLAIN_AXES(squared_distances)
KD_EXPLAIN_AXES(distances)
KD_EXPLAIN_AXES(as)
KD_EXPLAIN_AXES(merge)
KD_EXPLAIN_AXES(split)
#undef KD_EXPLAIN_AXES

template <class... Operands>
constexpr auto weighted(const Operands&...) {
  return detail::operands_have_axes<false, Operands...>();
}
template <class... Operands>
constexpr auto per_row(const Operands&...) {
  return detail::operands_have_axes<false, Operands...>();
}
template <class... Operands>
constexpr auto pick(const Operands&...) {
  return detail::axis_is_named<false, Operands...>();
}
template <class... Operands>
constexpr auto one_hot(const Operands&...) {
  return detail::axis_is_named<false, Operands...>();
}
template <auto From, fixed_string To, Expression A>
constexpr auto as(const A&) {
  return detail::axes_are_objects<false, A>();
}

}  // namespace kd
