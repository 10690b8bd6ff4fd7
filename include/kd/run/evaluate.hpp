// SPDX-License-Identifier: MIT
// `evaluate` for one call, `compile` for loops.
#pragma once
#include <algorithm>
#include <concepts>
#include <iterator>

#include <kd/run/arguments.hpp>
#include <kd/run/backend.hpp>
#include <kd/run/check_indices.hpp>
#include <kd/run/in_place.hpp>
#include <kd/run/reasons.hpp>
#include <kd/run/result.hpp>
#include <kd/run/views.hpp>

namespace kd {

namespace detail {
/// Copies the scalars of an expression; not a lambda, whose symbol would hold the expression's
/// type.
struct scalar_copier {
  schedule* to;
  KD_INLINE constexpr void operator()(const schedule& s) { *to++ = s; }
};
/// What stands for an objective with a mistake that was said: found at the call, as the backend is.
template <class>
constexpr mistaken mistaken_for() {
  return {};
}
}  // namespace detail

/// An objective ready to run many times: owns its workspace, so that a call allocates only when
/// tensors grew. Not to be called by two threads at once: each calls a copy, which has a workspace
/// of its own.
template <class Tag, class Backend, class T>
class compiled_objective {
  using compiled = detail::compiled<Tag>;
  using tables = detail::tables<compiled>;
  using result_type = result<compiled, Backend, T>;
  static constexpr int occurrences = compiled::lowered.occurrences;

 public:
  /// `objective` is an expression with this tag; only its scalars are kept.
  template <Expression Objective>
  KD_INLINE explicit compiled_objective(const Objective& objective) {
    std::fill(std::begin(told_), std::end(told_), -1);
    detail::scalar_copier copy{scalars_};
    objective.scalars(copy);
  }

  compiled_objective(compiled_objective&&) noexcept = default;
  compiled_objective& operator=(compiled_objective&&) noexcept = default;
  /// The same program, ready for the extents of the other; not its result.
  compiled_objective(const compiled_objective& other) {
    std::copy(std::begin(other.scalars_), std::end(other.scalars_), scalars_);
    std::copy(std::begin(other.result_.call_.extent), std::end(other.result_.call_.extent),
              result_.call_.extent);
    std::copy(std::begin(other.told_), std::end(other.told_), told_);
    reserve({});
  }
  compiled_objective& operator=(const compiled_objective& other) {
    return *this = compiled_objective(other);
  }

  /// Evaluates value and gradients. Arguments in any order: a binding `zs = S` for every input,
  /// destinations `kd::gradient(zs) = G` or `+= G`, `kd::at(progress)` (0 if absent), a policy,
  /// `kd::non_finite::check`, and extents `token(32)` of axes that no tensor has. The result is
  /// valid until the next call.
  /// Throws shape_error or value_error before anything is written; the last result is lost then.
  template <class... Arguments>
  const result_type& operator()(Arguments&&... arguments) {
    if constexpr (detail::check_all<compiled, T, Arguments...>()) {
      detail::call& c = result_.call_;
      empty_unless_finished guard{c};
      constexpr bool has_policy = detail::says_policy<Arguments...>;
      const non_finite policy = detail::policy_of(arguments...);
      detail::extents known;
      (detail::take_input<compiled>(c, known, arguments), ...);
      if constexpr ((std::is_same_v<std::remove_cvref_t<Arguments>, axis_extent> || ...)) {
        std::int64_t told[detail::max_axes];
        std::copy(std::begin(told_), std::end(told_), told);
        (detail::take_extent(graph_, told, arguments), ...);
        detail::bind_others(c, graph_, known, told);
        (detail::check_extent(c, graph_, arguments), ...);
      } else {
        detail::bind_others(c, graph_, known, told_);
      }
      if constexpr (has_views) detail::bind_views(c, graph_);
      take_scalars(detail::progress_of(arguments...));
      detail::check_labels(c, graph_);
      if constexpr (!detail::RunsItself<Backend>) detail::check_indices<T>(c, tables::program.g);
      own_gradients(c);
      (detail::take_destination<compiled, T>(c, arguments), ...);
      if constexpr (has_policy)
        if (policy == non_finite::check) detail::check_finite(c, graph_);
      prepare_gradients(c);
      run(c);
      if constexpr (has_policy)
        if (const double value = result_.value();
            policy == non_finite::check && !detail::is_finite(value))
          detail::say_not_finite(value, detail::reason_of<Tag, T, Backend>(c, workspace_));
      guard.finished = true;
    }
    return result_;
  }

  /// The result of the last call, moved out.
  result_type take() && { return std::move(result_); }

  /// Allocates what calls with these extents need: `batch(256), classes(1000)`. An axis that no
  /// tensor of a call has keeps its extent.
  /// Throws value_error for an axis that the objective lacks or a negative extent.
  void reserve(std::initializer_list<axis_extent> extents) {
    detail::call& c = result_.call_;
    for (const axis_extent& e : extents) {
      const int axis = detail::axis_told(graph_, e, "compile");
      c.extent[axis] = told_[axis] = e.extent;
    }
    if constexpr (has_views) detail::reserve_views(c, graph_, told_);
    own_gradients(c);
    if constexpr (has_views) detail::view_gradients(c, tables::program.g);
    if constexpr (!detail::RunsItself<Backend>)
      detail::lay_out<compiled, T, Backend>(c, workspace_, stages{});
  }

 private:
  static constexpr const detail::graph_table& graph_ = tables::written;
  using stages = std::make_integer_sequence<int, compiled::value.stages>;
  static constexpr bool has_views = [] {
    for (int k = 0; k < graph_.inputs; ++k)
      if (graph_.input[k].is_view()) return true;
    return false;
  }();
  std::int64_t told_[detail::max_axes];  // extents that compile was told, -1 if it was not
  schedule scalars_[occurrences + 1];    // in the order in which the expression is walked
  result_type result_;
  detail::arena workspace_;

  /// After a call that threw, a result has no elements: none that are not there can be read.
  struct empty_unless_finished {
    detail::call& c;
    bool finished = false;
    ~empty_unless_finished() {
      if (!finished) std::fill(std::begin(c.extent), std::end(c.extent), 0);
    }
  };

  void take_scalars(double progress) {
    if (progress != progress)
      detail::refuse<value_error>(
          {"kd::at was given a progress that is not a number; give one in [0, 1]"});
    bool set[detail::max_slots]{};
    for (int k = 0; k < occurrences; ++k)
      if (const int slot = detail::scalar_slots<compiled>::slot.of[k]; slot >= 0)
        detail::set_scalar<T>(result_.call_, graph_, set, slot, scalars_[k], progress);
  }

  /// Gives every gradient memory of the result's own, row-major.
  void own_gradients(detail::call& c) {
    std::size_t bytes = 0;
    for (int pass = 0; pass < 2; ++pass) {
      std::byte* base = pass == 0 ? nullptr : result_.gradients_.reserve(bytes);
      bytes = 0;
      for (int k = 0; k < graph_.inputs; ++k) {
        if (!graph_.input[k].differentiable() || graph_.input[k].is_view()) continue;
        detail::memory_view& g = c.gradient[k];
        g = {};
        g.type = detail::element_of<T>();
        g.data = base == nullptr ? nullptr : base + bytes;  // the first pass only counts
        std::int64_t stride = 1;
        for (int a = graph_.input[k].rank - 1; a >= 0; --a) {
          g.stride[graph_.input[k].axis[a]] = stride;
          stride *= c.extent[graph_.input[k].axis[a]];
        }
        bytes += detail::rounded_up(static_cast<std::size_t>(stride) * sizeof(T));
      }
    }
  }

  /// Checks where gradients are written, then clears those that several views make.
  void prepare_gradients(detail::call& c) {
    if constexpr (has_views) {
      const detail::view_gradients views(c, tables::program.g);
      detail::check_memory(c, tables::program);
      views.clear();
    } else {
      detail::check_memory(c, tables::program);
    }
  }

  void run(detail::call& c) {
    if constexpr (detail::RunsItself<Backend>) Backend::template run<compiled, T>(c, workspace_);
    else detail::run_stages<compiled, T, Backend>(c, workspace_, stages{});
  }
};

/// Compiles an objective for repeated calls on tensors of T: `auto program = kd::compile(objective,
/// kd::eigen, batch(256));`
template <class T = float, Expression Objective, Backend B, std::same_as<axis_extent>... Extents>
KD_INLINE auto compile(const Objective& objective, B, const Extents&... extents) {
  constexpr bool is_scalar = detail::check_objective<Objective>();
  compiled_objective<detail::tag_of<Objective>, B, T> program(objective);
  if constexpr (is_scalar && detail::check_fits<detail::compiled<detail::tag_of<Objective>>>())
    if constexpr (sizeof...(Extents) > 0) program.reserve({extents...});
  return program;
}
/// The same on the default backend.
template <class T = float, Expression Objective, std::same_as<axis_extent>... Extents>
KD_INLINE auto compile(const Objective& objective, const Extents&... extents) {
  return compile<T>(objective, typename detail::default_backend<Objective>::type{}, extents...);
}

/// Anything else beside the objective is a mistake: tensors are bound when the program is called.
template <class T = float, Expression Objective, class... Arguments>
requires(!detail::OfCompile<Arguments...>) KD_INLINE
    auto compile(const Objective& objective, const Arguments&...) {
  if constexpr (detail::compile_takes<false, Arguments...>()) return compile<T>(objective);
  else return compile<T>(detail::mistaken_for<Objective>());
}
/// What is no expression is no objective.
template <class T = float, class Objective, class... Arguments>
requires(!Expression<Objective>) KD_INLINE auto compile(const Objective&, const Arguments&...) {
  detail::objective_is_expression<false, Objective>();
  return compile<T>(detail::mistaken_for<Objective>());
}

/// Value and gradients of an objective, once. Arguments as of a compiled objective, and a backend
/// if not the default.
template <Expression Objective, class... Arguments>
KD_INLINE auto evaluate(const Objective& objective, Arguments&&... arguments) {
  constexpr bool is_scalar = detail::check_objective<Objective>();
  using backend = detail::backend_among<typename detail::default_backend<Objective>::type,
                                        std::remove_cvref_t<Arguments>...>;
  compiled_objective<detail::tag_of<Objective>, backend,
                     detail::scalar_among<std::remove_cvref_t<Arguments>...>>
      program(objective);
  if constexpr (is_scalar) program(std::forward<Arguments>(arguments)...);
  return std::move(program).take();
}

template <class Objective, class... Arguments>
requires(!Expression<Objective>) KD_INLINE auto evaluate(const Objective&, const Arguments&...) {
  detail::objective_is_expression<false, Objective>();
  return evaluate(detail::mistaken_for<Objective>());
}

}  // namespace kd
