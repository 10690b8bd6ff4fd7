// SPDX-License-Identifier: MIT
// Operations that read class indices.
#pragma once
#include <kd/dsl/reduce.hpp>

namespace kd {

namespace detail {

/// In place of the value of ignored labels, where all must name a class.
struct none_ignored {
  static constexpr std::uint64_t hash = hash_of("none ignored");
  static constexpr int numbers = 0;
  static constexpr term lower(lowering&) { return {}; }
  KD_INLINE constexpr void scalars(auto&) const {}
};

template <class A, class Labels, class Ignored, auto Axis>
struct picked : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] Labels y;
  [[no_unique_address]] Ignored ignored;
  constexpr picked(A x, Labels l, Ignored i) : a(x), y(l), ignored(i) {}

  static constexpr axis_list axes = join(without(A::axes, list_of<Axis>()), Labels::axes);
  static constexpr std::uint64_t hash =
      hash_of("pick", hash_axes<Axis>(), A::hash, Labels::hash, Ignored::hash);
  static constexpr int numbers = A::numbers + Labels::numbers + Ignored::numbers;
  static constexpr term lower(lowering& l) {
    const term x = lower_over<A, Axis>(l), labels = Labels::lower(l);
    return pick(x, labels, set_of<Axis>(l.g), Ignored::lower(l));
  }
  KD_INLINE constexpr void scalars(auto& visit) const {
    a.scalars(visit), y.scalars(visit), ignored.scalars(visit);
  }
};

template <class A, class Labels, class Ignored, auto Axis, auto... Over>
struct scattered : expression_base {
  [[no_unique_address]] A a;
  [[no_unique_address]] Labels y;
  [[no_unique_address]] Ignored ignored;
  constexpr scattered(A x, Labels l, Ignored i) : a(x), y(l), ignored(i) {}

  static constexpr axis_list axes =
      join(without(join(A::axes, Labels::axes), list_of<Over...>()), list_of<Axis>());
  static constexpr std::uint64_t hash = hash_of("scatter", hash_axes<Axis>(), hash_axes<Over...>(),
                                                A::hash, Labels::hash, Ignored::hash);
  static constexpr int numbers = A::numbers + Labels::numbers + Ignored::numbers;
  static constexpr term lower(lowering& l) {
    const term x = lower_over<A, Over...>(l), labels = lower_over<Labels, Over...>(l);
    l.must_be_whole(l.g.axis(Axis.name));
    return scatter(x, labels, set_of<Axis>(l.g), set_of<Over...>(l.g), Ignored::lower(l));
  }
  KD_INLINE constexpr void scalars(auto& visit) const {
    a.scalars(visit), y.scalars(visit), ignored.scalars(visit);
  }
};

template <class Labels, class Ignored, auto Axis>
struct one_hot_of : expression_base {
  [[no_unique_address]] Labels y;
  [[no_unique_address]] Ignored ignored;
  constexpr one_hot_of(Labels l, Ignored i) : y(l), ignored(i) {}

  static constexpr axis_list axes = join(Labels::axes, list_of<Axis>());
  static constexpr std::uint64_t hash =
      hash_of("one_hot", hash_axes<Axis>(), Labels::hash, Ignored::hash);
  static constexpr int numbers = Labels::numbers + Ignored::numbers;
  static constexpr term lower(lowering& l) {
    const term labels = Labels::lower(l);
    l.must_be_whole(l.g.axis(Axis.name));
    return one_hot(labels, set_of<Axis>(l.g), Ignored::lower(l));
  }
  KD_INLINE constexpr void scalars(auto& visit) const { y.scalars(visit), ignored.scalars(visit); }
};

template <class L>
inline constexpr bool are_labels = requires {
  requires L::role == role::labels;
};

/// Labels, and the one that is ignored.
template <class Labels, class Ignored>
struct labels_ignoring : expression_base {
  [[no_unique_address]] Labels y;
  [[no_unique_address]] Ignored ignored;
  constexpr labels_ignoring(Labels l, Ignored i) : y(l), ignored(i) {}

  static constexpr axis_list axes = Labels::axes;
  static constexpr std::uint64_t hash = hash_of("ignoring", Labels::hash, Ignored::hash);
  static constexpr int numbers = Labels::numbers;
  static constexpr bool is_one_node = true;  // labels are an input or a view of one
  static constexpr term lower(lowering& l) { return Labels::lower(l); }
  KD_INLINE constexpr void scalars(auto& visit) const { y.scalars(visit); }
};
template <class L>
inline constexpr bool ignore_some = false;
template <class Labels, class Ignored>
inline constexpr bool ignore_some<labels_ignoring<Labels, Ignored>> = true;

template <class L>
constexpr bool check_labels_of() {
  static_assert(are_labels<L>,
                "kd: pick, scatter, one_hot and is_label read positions from labels, declared as "
                "kd::labels<\"name\", axes...>; what was given is the argument of "
                "'check_labels_of'");
  return are_labels<L>;
}

/// 0 where a label is the ignored one.
template <class Labels, class Ignored, class A>
KD_INLINE constexpr auto zero_where_ignored(const Labels& labels, const Ignored& ignored,
                                            const A& a) {
  return apply_to<op::where>(apply_to<op::is_label>(labels, ignored), a, constant_of<0>);
}

template <auto Axis, class A, class Labels, class Ignored>
KD_INLINE constexpr auto pick_along(const A& a, const Labels& labels, const Ignored& ignored) {
  if constexpr (any_mistaken<A, Labels, Ignored>) return mistaken{};
  else if constexpr (!check_labels_of<Labels>()) return mistaken{};
  else if constexpr (!check_axes<A, Axis>()) return mistaken{};
  else if constexpr (std::is_same_v<Ignored, none_ignored>)
    return picked<A, Labels, Ignored, Axis>(a, labels, ignored);
  else
    return read_once(
        [=](auto none) {
          return zero_where_ignored(labels, none,
                                    picked<A, Labels, decltype(none), Axis>(a, labels, none));
        },
        ignored);
}
template <bool IsNew, auto Axis>
constexpr bool scatter_makes_an_axis() {
  static_assert(IsNew,
                "kd: scatter adds numbers along an axis that it makes, so neither they nor their "
                "labels have it; the axis stands in 'scatter_makes_an_axis<...>'");
  return IsNew;
}
template <auto Axis, auto... Over, class A, class Labels, class Ignored>
KD_INLINE constexpr auto scatter_along(const A& a, const Labels& labels, const Ignored& ignored) {
  if constexpr (any_mistaken<A, Labels, Ignored>) return mistaken{};
  else if constexpr (!check_labels_of<Labels>()) return mistaken{};
  else if constexpr (!axes_are_named<Axis>()) return mistaken{};
  else if constexpr (!check_axes<Labels, Over...>()) return mistaken{};
  else if constexpr (!scatter_makes_an_axis < !A::axes.has(Axis.name) &&
                         !Labels::axes.has(Axis.name),
                     Axis > ())
    return mistaken{};
  else if constexpr (std::is_same_v<Ignored, none_ignored>)
    return scattered<A, Labels, Ignored, Axis, Over...>(a, labels, ignored);
  else
    return read_once(
        [=](auto none) {
          const auto kept = zero_where_ignored(labels, none, a);
          return scattered<std::remove_const_t<decltype(kept)>, Labels, decltype(none), Axis,
                           Over...>(kept, labels, none);
        },
        ignored);
}
template <class Labels>
struct last_axis_of {
  static constexpr std::string_view name = Labels::axes.name[Labels::axes.size - 1];
};
template <auto Axis, auto... Over, class A, class Labels, class Ignored>
KD_INLINE constexpr auto scatter_over(const A& a, const Labels& labels, const Ignored& ignored) {
  if constexpr (sizeof...(Over) == 0 && are_labels<Labels>) {
    if constexpr (Labels::axes.size > 0)
      return scatter_along<Axis, last_axis_of<Labels>{}>(a, labels, ignored);
    else return scatter_along<Axis>(a, labels, ignored);
  } else return scatter_along<Axis, Over...>(a, labels, ignored);
}
template <auto Axis, class Labels, class Ignored>
KD_INLINE constexpr auto one_hot_along(const Labels& labels, const Ignored& ignored) {
  if constexpr (any_mistaken<Labels, Ignored>) return mistaken{};
  else if constexpr (!check_labels_of<Labels>()) return mistaken{};
  else if constexpr (!axes_are_named<Axis>()) return mistaken{};
  else if constexpr (std::is_same_v<Ignored, none_ignored>)
    return one_hot_of<Labels, Ignored, Axis>(labels, ignored);
  else
    return read_once(
        [=](auto none) {
          return zero_where_ignored(labels, none,
                                    one_hot_of<Labels, decltype(none), Axis>(labels, none));
        },
        ignored);
}

}  // namespace detail

/// Class indices: an input, views of one, and both where one label is ignored.
template <class L>
concept Labels = Expression<L> &&
    (detail::are_labels<std::remove_cvref_t<L>> || detail::ignore_some<std::remove_cvref_t<L>> ||
     detail::any_mistaken<L>);

/// Labels of which one, as -100, stands for none: `pick` and `one_hot` give 0 there, and the row
/// leaves the mean of a loss. Labels that ignore one already stay as they are.
template <class Labels, class Ignored>
KD_INLINE constexpr auto ignoring(const Labels& labels, const Ignored& ignored) {
  if constexpr (detail::any_mistaken<Labels, Ignored>) return detail::mistaken{};
  else if constexpr (detail::ignore_some<Labels>) return labels;
  else if constexpr (!detail::check_labels_of<Labels>()) return detail::mistaken{};
  else if constexpr (Expression<Ignored>)
    return detail::labels_ignoring<Labels, Ignored>(labels, ignored);
  else return ignoring(labels, parameter<"ignore_index">(ignored));
}

/// x at the position along Axis that the labels name: `pick<classes>(log_softmax<classes>(z), y)`.
/// A label that names no class throws value_error at the call.
template <auto Axis, Expression A, class Labels>
KD_INLINE constexpr auto pick(const A& a, const Labels& labels) {
  if constexpr (detail::ignore_some<Labels>)
    return detail::pick_along<Axis>(a, labels.y, labels.ignored);
  else return detail::pick_along<Axis>(a, labels, detail::none_ignored{});
}
/// The same where labels equal to `ignored`, a number or a parameter, are legal: 0 is picked there.
template <auto Axis, Expression A, class Labels, class Ignored>
KD_INLINE constexpr auto pick(const A& a, const Labels& labels, const Ignored& ignored) {
  return detail::pick_along<Axis>(a, labels, detail::as_expression(ignored));
}

/// x added, label by label, at the position along Axis that the label names; 0 where none does.
/// What is added are the positions along the axes Over of the labels: `scatter<classes, top>(p,
/// ids)` of p and ids (batch, top) has (batch, classes). With Axis alone, those along the labels'
/// last axis. The pullback of `pick`, whose is `scatter`; costs what the labels are, not what Axis
/// is. A label that names no position throws value_error at the call.
template <auto Axis, auto... Over, class A, class Labels>
requires(Expression<A> || Scalar<A>) KD_INLINE
    constexpr auto scatter(const A& x, const Labels& labels) {
  return detail::scatter_over<Axis, Over...>(detail::as_expression(x), labels,
                                             detail::none_ignored{});
}
/// The same where labels equal to `ignored`, a number or a parameter, are legal: they add nothing.
template <auto Axis, auto... Over, class A, class Labels, class Ignored>
requires(Expression<A> || Scalar<A>) KD_INLINE
    constexpr auto scatter(const A& x, const Labels& labels, const Ignored& ignored) {
  return detail::scatter_over<Axis, Over...>(detail::as_expression(x), labels,
                                             detail::as_expression(ignored));
}

/// 1 at the position along Axis that the labels name, 0 elsewhere.
template <auto Axis, class Labels>
KD_INLINE constexpr auto one_hot(const Labels& labels) {
  if constexpr (detail::ignore_some<Labels>)
    return detail::one_hot_along<Axis>(labels.y, labels.ignored);
  else return detail::one_hot_along<Axis>(labels, detail::none_ignored{});
}
/// The same where labels equal to `ignored`, a number or a parameter, are legal: all 0 there.
template <auto Axis, class Labels, class Ignored>
KD_INLINE constexpr auto one_hot(const Labels& labels, const Ignored& ignored) {
  return detail::one_hot_along<Axis>(labels, detail::as_expression(ignored));
}

/// 0 where a label equals `ignored`, 1 elsewhere.
template <class Labels, class Ignored>
KD_INLINE constexpr auto is_label(const Labels& labels, const Ignored& ignored) {
  if constexpr (detail::any_mistaken<Labels, Ignored>) return detail::mistaken{};
  else if constexpr (!detail::check_labels_of<Labels>()) return detail::mistaken{};
  else return detail::combine<detail::op::is_label>(labels, ignored);
}

namespace detail {
/// 1 where a label is not ignored; nothing if none is.
template <class Labels>
KD_INLINE constexpr auto counted_of(const Labels& labels) {
  if constexpr (ignore_some<Labels>) return is_label(labels.y, labels.ignored);
  else return none_ignored{};
}
}  // namespace detail

}  // namespace kd
