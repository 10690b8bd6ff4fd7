// SPDX-License-Identifier: MIT
#pragma once
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include <kd/dsl/axis.hpp>
#include <kd/dsl/expression.hpp>

namespace kd {

namespace detail {
/// A tensor as an argument: refers to one that has a name, and takes a temporary in, which thus
/// lives as long as the argument.
template <class Tensor>
struct held_tensor {
  Tensor& tensor;
};
template <class Tensor>
struct held_tensor<Tensor&&> {
  mutable Tensor tensor;
};
template <class Tensor>
struct held {
  static constexpr bool is_temporary =
      !std::is_lvalue_reference_v<Tensor> && !std::is_array_v<std::remove_reference_t<Tensor>>;
  using type = std::conditional_t<is_temporary, std::remove_cvref_t<Tensor>,
                                  std::remove_reference_t<Tensor>>;
};
}  // namespace detail

/// A tensor bound to an input, made by `zs = S`. A tensor that has a name must outlive the call.
template <class Input, class Tensor, bool Temporary = false>
struct binding : detail::held_tensor<std::conditional_t<Temporary, Tensor&&, Tensor>> {};

/// A named tensor with named axes, outermost first. `student`, `teacher`, `labels`, `learnable`,
/// `given` and those of `model` are short forms.
template <role Role, fixed_string Model, fixed_string Name, class... Axes>
struct input : expression_base {
  static constexpr detail::axis_list axes = [] {
    detail::axis_list list;
    (list.add(Axes::name), ...);
    return list;
  }();
  static constexpr std::uint64_t hash =
      detail::hash_of("input", Role, detail::hash_text(Model.view()),
                      detail::hash_text(Name.view()), detail::axis_hash<Axes>...);
  static constexpr int numbers = 0;
  static constexpr bool is_one_node = true;
  static constexpr detail::term lower(detail::lowering& l) { return l.input(info(l.g)); }
  KD_INLINE constexpr void scalars(auto&) const {}

  static constexpr kd::role role = Role;
  static constexpr std::string_view model = Model.view(), name = Name.view();
  static constexpr int rank = sizeof...(Axes);
  static_assert(rank == axes.size, "kd: an input names one of its axes twice");

  /// Binds a tensor to this input: an Eigen object, `kd::tensor(pointer, extents, strides)`, ...
  /// Nothing is copied.
  template <class Tensor>
  constexpr auto operator=(Tensor&& tensor) const {
    using held = detail::held<Tensor>;
    return binding<input, typename held::type, held::is_temporary>{{std::forward<Tensor>(tensor)}};
  }
  /// The same of elements that are written out, along one axis: `y = {3, 1}`.
  template <class Element>
  constexpr auto operator=(std::initializer_list<Element> elements) const {
    return *this = std::vector<Element>(elements);
  }

 private:
  static constexpr detail::input_info info(detail::graph& g) {
    detail::input_info i;
    i.role = Role, i.model = model, i.name = name;
    ((i.axis[i.rank++] = g.axis(Axes::name)), ...);
    return i;
  }
};

namespace detail {
template <role Role, fixed_string Model, fixed_string Name, auto... Axes>
constexpr auto declare() {
  if constexpr (!axes_are_named<Axes...>()) return mistaken{};
  else return input<Role, Model, Name, axis_type<Axes>...>{};
}
}  // namespace detail

/// What the student produces; the objective's gradient with respect to it is computed.
template <fixed_string Name, auto... Axes>
inline constexpr auto student = detail::declare<role::student, "student", Name, Axes...>();
/// What the teacher produces: a constant.
template <fixed_string Name, auto... Axes>
inline constexpr auto teacher = detail::declare<role::teacher, "teacher", Name, Axes...>();
/// Class indices, of any integer type, from 0.
template <fixed_string Name, auto... Axes>
inline constexpr auto labels = detail::declare<role::labels, "labels", Name, Axes...>();
/// A tensor that belongs to the objective and is learnt: a projection, a regressor; it gets a
/// gradient.
template <fixed_string Name, auto... Axes>
inline constexpr auto learnable = detail::declare<role::learnable, "objective", Name, Axes...>();
/// Several students and teachers in one objective: `kd::model<"assistant">::teacher<"logits",
/// batch, classes>`. Models with different names are different inputs; `kd::student` is the student
/// of the model "student", `kd::teacher` the teacher of the model "teacher".
template <fixed_string Model>
struct model {
  template <fixed_string Name, auto... Axes>
  static constexpr auto student = detail::declare<role::student, Model, Name, Axes...>();
  template <fixed_string Name, auto... Axes>
  static constexpr auto teacher = detail::declare<role::teacher, Model, Name, Axes...>();
};
/// Any other tensor: a constant.
template <fixed_string Name, auto... Axes>
inline constexpr auto given = detail::declare<role::given, "given", Name, Axes...>();

}  // namespace kd
