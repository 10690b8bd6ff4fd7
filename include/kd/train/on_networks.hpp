// SPDX-License-Identifier: MIT
// An objective whose inputs are layers of networks: `student<"conv2", ...>` is what the student's
// layer conv2 makes.
#pragma once
#include <tuple>

#include <kd/nn/model.hpp>
#include <kd/run/evaluate.hpp>

namespace kd::train {

/// For objectives that read no teacher.
struct no_teacher {};

namespace detail {

namespace d = kd::detail;

/// Input K of an objective's graph, as a binding names it.
template <class Compiled, int K>
struct graph_input {
  static constexpr const d::input_info& info = Compiled::lowered.g.input[K];
  static constexpr kd::role role = info.role;
  static constexpr std::string_view model = info.model, name = info.name;
  static constexpr int rank = info.rank;
  static constexpr fixed_string<info.name.size() + 1> layer{info.name};
};

template <bool Bindable, class Input>
constexpr bool input_is_a_layer() {
  static_assert(Bindable,
                "kd: an objective on networks reads layers of the student and the teacher, and "
                "labels; this one reads something else, which stands in 'input_is_a_layer<...>', "
                "or has a teacher and was given none; use kd::compile and bind it yourself");
  return Bindable;
}

/// What input K is bound to: a layer's output, or the labels.
template <class Input, class Student, class Teacher, class Labels>
auto source(const Student& student, const Teacher& teacher, const Labels& labels) {
  if constexpr (Input::role == role::labels) {
    return tensor(labels.data(), {static_cast<std::int64_t>(labels.size())});
  } else if constexpr (Input::role == role::student) {
    return student.template output<Input::layer>();
  } else {
    constexpr bool bindable = Input::role == role::teacher && !std::is_same_v<Teacher, no_teacher>;
    if constexpr (input_is_a_layer<bindable, Input>())
      return teacher.template output<Input::layer>();
    else return labels;
  }
}

}  // namespace detail

/// Runs an objective on the layers of a student and a teacher (anything with `output<"layer">()`),
/// and sends its gradient back through the student. Labels are a contiguous range of integers.
template <class Tag>
class objective_on_networks {
  using compiled = kd::detail::compiled<Tag>;
  using program = compiled_objective<Tag, typename kd::detail::default_backend<Tag>::type, float>;
  template <int K>
  using input = detail::graph_input<compiled, K>;
  static constexpr int inputs = compiled::lowered.g.inputs;

 public:
  template <Expression Objective>
  KD_INLINE explicit objective_on_networks(const Objective& objective) : program_(objective) {
    constexpr bool is_scalar = kd::detail::check_objective<Objective>();
    static_cast<void>(is_scalar);
  }

  /// Value and terms on what the networks made of their last batch; the student's gradients() are
  /// those of the objective.
  template <class Student, class Teacher, class Labels>
  const auto& operator()(kd::detail::progress at, Student& student, const Teacher& teacher,
                         const Labels& labels) {
    return call(at, student, teacher, labels, declared(std::make_integer_sequence<int, inputs>{}));
  }

 private:
  program program_;

  template <int... K>
  struct layers {};
  /// The inputs that are bound; views of them are not.
  template <int... K>
  static constexpr auto declared(std::integer_sequence<int, K...>) {
    return join(std::conditional_t<input<K>::info.is_view(), layers<>, layers<K>>{}...);
  }

  template <class Student, class Teacher, class Labels, int... K>
  const auto& call(kd::detail::progress at, Student& student, const Teacher& teacher,
                   const Labels& labels, layers<K...>) {
    auto sources = std::make_tuple(detail::source<input<K>>(student, teacher, labels)...);
    auto gradients = std::make_tuple(gradient<K>(student)...);
    const auto& result = program_(
        at,
        binding<input<K>, std::tuple_element_t<K, decltype(sources)>>{{std::get<K>(sources)}}...,
        destination<K>(std::get<K>(gradients))...);
    backward(student, layers_with_gradient(std::make_integer_sequence<int, inputs>{}));
    return result;
  }

  template <int K, class Student>
  static auto gradient(Student& student) {
    if constexpr (input<K>::role == role::student)
      return student.template output_gradient<input<K>::layer>();
    else return 0;
  }
  template <int K, class Gradient>
  static auto destination(Gradient& gradient) {
    if constexpr (input<K>::role == role::student)
      return kd::detail::destination<input<K>, Gradient, false>{{gradient}};
    else return kd::detail::nothing{};
  }

  template <int... K>
  static constexpr auto layers_with_gradient(std::integer_sequence<int, K...>) {
    return join(std::conditional_t < input<K>::role == role::student && !input<K>::info.is_view(),
                layers<K>, layers < >> {}...);
  }
  static constexpr layers<> join() { return {}; }
  template <int... A>
  static constexpr layers<A...> join(layers<A...>) {
    return {};
  }
  template <int... A, int... B, class... Rest>
  static constexpr auto join(layers<A...>, layers<B...>, Rest... rest) {
    return join(layers<A..., B...>{}, rest...);
  }
  template <class Student, int... K>
  static void backward(Student& student, layers<K...>) {
    student.template backward<input<K>::layer...>();
  }
};

/// An objective on the layers of networks, ready for a training loop.
template <Expression Objective>
KD_INLINE auto on_networks(const Objective& objective) {
  return objective_on_networks<kd::detail::tag_of<Objective>>(objective);
}

}  // namespace kd::train
