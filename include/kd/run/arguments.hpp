// SPDX-License-Identifier: MIT
// The arguments of a call: which binding belongs to which input, and what is wrong with them, said
// at compile time.
#pragma once
#include <kd/run/backend.hpp>
#include <kd/run/bind.hpp>
#include <kd/run/non_finite.hpp>
#include <kd/run/prepare.hpp>
#include <kd/run/sentences.hpp>

namespace kd::detail {

// ---- what an argument is ------------------------------------------------------------------------

template <class A>
struct argument {
  static constexpr bool is_input = false, is_destination = false,
                        is_progress = std::is_same_v<A, progress>, is_temporary = false;
};
template <class Input, class Tensor, bool Temporary>
struct argument<binding<Input, Tensor, Temporary>> {
  static constexpr bool is_input = true, is_destination = false, is_progress = false,
                        is_temporary = Temporary;
  using input = Input;
  using tensor = Tensor;
};
template <class Input, class Tensor, bool Accumulate, bool Temporary>
struct argument<destination<Input, Tensor, Accumulate, Temporary>> {
  static constexpr bool is_input = false, is_destination = true, is_progress = false,
                        is_temporary = Temporary;
  using input = Input;
  using tensor = Tensor;
};
template <class A>
inline constexpr bool accumulates = false;
template <class Input, class Tensor, bool Temporary>
inline constexpr bool accumulates<destination<Input, Tensor, true, Temporary>> = true;

template <class Input>
constexpr int find_input(const graph_table& g) {
  for (int k = 0; k < g.inputs; ++k)
    if (g.input[k].role == Input::role && g.input[k].model == Input::model &&
        g.input[k].name == Input::name)
      return k;
  return -1;
}

// ---- what is wrong with them: the first mistake only --------------------------------------------

template <class Argument>
constexpr bool is_known() {
  using a = argument<Argument>;
  return a::is_input || a::is_destination || a::is_progress || Backend<Argument> ||
         std::is_same_v<Argument, non_finite> || std::is_same_v<Argument, axis_extent> ||
         std::is_same_v<Argument, nothing>;
}

/// How often each input is bound, counted for all at once.
struct bindings_of_inputs {
  int times[max_inputs]{};

  /// The first input that is not bound once, -1 if there is none; a view has its source's tensor.
  constexpr int first_mistake(const graph_table& g) const {
    for (int k = 0; k < g.inputs; ++k)
      if (!g.input[k].is_view() && times[k] != 1) return k;
    return -1;
  }
};
/// The number of the input that an argument binds, -1 if it binds none.
template <class Compiled, class Argument>
constexpr int input_bound_by() {
  if constexpr (argument<Argument>::is_input)
    return find_input<typename argument<Argument>::input>(Compiled::lowered.g);
  else return -1;
}
template <class Compiled, class... Arguments>
constexpr bindings_of_inputs count_bindings() {
  bindings_of_inputs all;
  for (const int k : {input_bound_by<Compiled, Arguments>()..., -1})
    if (k >= 0) ++all.times[k];
  return all;
}

template <class Compiled, class... Arguments>
constexpr bool check_bound() {
  constexpr bindings_of_inputs bound = count_bindings<Compiled, Arguments...>();
  constexpr int k = bound.first_mistake(Compiled::lowered.g);
  if constexpr (k < 0) return true;
  else if constexpr (bound.times[k] == 0)
    return input_is_bound<false, Compiled::lowered.g.input[k].role, input_name<Compiled, k>>();
  else
    return input_is_bound_once<false, Compiled::lowered.g.input[k].role, input_name<Compiled, k>>();
}

template <class Compiled, class T, class Argument>
constexpr bool check_argument() {
  using a = argument<Argument>;
  if constexpr (!is_known<Argument>()) {
    return argument_is_known<false, Argument>();
  } else if constexpr (a::is_input || a::is_destination) {
    using input = typename a::input;
    if constexpr (!Tensorlike<typename a::tensor>) {
      return tensor_is_known<false, typename a::tensor>();
    } else if constexpr (a::is_destination &&
                         std::is_const_v<typename tensor_traits<typename a::tensor>::element>) {
      return destination_is_writable<false, typename a::tensor>();
    } else if constexpr (requires {
                           requires !tensor_traits<typename a::tensor>::template fits<input::rank>;
                         }) {
      return tensor_has_the_axes<false, input, typename a::tensor>();
    } else if constexpr (requires { requires !tensor_traits<typename a::tensor>::in_memory; }) {
      return tensor_is_in_memory<false, typename a::tensor>();
    } else if constexpr (find_input<input>(Compiled::lowered.g) < 0) {
      return input_is_read<false, input>();
    } else if constexpr (a::is_destination && a::is_temporary &&
                         requires { requires tensor_traits<typename a::tensor>::owns_memory; }) {
      return destination_stays<false, typename a::tensor>();
    } else {
      using bound = std::remove_const_t<typename tensor_traits<typename a::tensor>::element>;
      constexpr element e = element_of<bound>();
      constexpr bool fits =
          input::role == role::labels ? is_integer(e) : e == element_of<T>() || is_16_bit(e);
      if constexpr (!fits) return element_fits<false, input, bound>();
      else return true;
    }
  } else {
    return true;
  }
}

/// Whether two arguments say what may be said once only.
template <class A, class B>
inline constexpr bool say_the_same = (Backend<A> && Backend<B>) ||
                                     (argument<A>::is_progress && argument<B>::is_progress) ||
                                     (std::is_same_v<A, non_finite> && std::is_same_v<A, B>);
template <class Input, class A, bool A_adds, bool A_temporary, class B, bool B_adds,
          bool B_temporary>
inline constexpr bool say_the_same<destination<Input, A, A_adds, A_temporary>,
                                   destination<Input, B, B_adds, B_temporary>> = true;

template <class Argument, class... Arguments>
constexpr int times_said() {
  return (0 + ... + (say_the_same<Argument, Arguments> ? 1 : 0));
}

// Written as recursions, not folds, so that nothing behind the first mistake is instantiated.
template <class Compiled, class T, class... All>
constexpr bool check_each(type_of<void (*)()>) {
  return true;
}
template <class Compiled, class T, class... All, class First, class... Rest>
constexpr bool check_each(type_of<void (*)(First, Rest...)>) {
  if constexpr (!check_argument<Compiled, T, First>()) return false;
  else if constexpr (times_said<First, All...>() > 1) return argument_is_said_once<false, First>();
  else return check_each<Compiled, T, All...>(type_of<void (*)(Rest...)>{});
}
/// Whether a call's arguments are right; if not, one static_assert says the first mistake.
template <class Compiled, class T, class... Arguments>
constexpr bool check_arguments() {
  constexpr mistake found = Compiled::found;
  if constexpr (found == mistake::reported || any_mistaken<Arguments...>) return false;
  else if constexpr (found == mistake::too_large) return check_fits<Compiled>();
  else if constexpr (Compiled::lowered.g[Compiled::lowered.g.value].axes != 0) return false;
  else if constexpr (found != mistake::none) return inputs_agree<found == mistake::none>();
  else if constexpr (!check_each<Compiled, T, Arguments...>(type_of<void (*)(Arguments...)>{}))
    return false;
  else return check_bound<Compiled, Arguments...>();
}

/// The same of arguments as they reach the call, with their references.
template <class Compiled, class T, class... Arguments>
constexpr bool check_all() {
  return check_arguments<Compiled, T, std::remove_cvref_t<Arguments>...>();
}

template <class Objective, std::size_t Axis>
inline constexpr std::string_view axis_text = Objective::axes.name[Axis];
template <class Objective, std::size_t... Axis>
constexpr bool check_scalar(std::index_sequence<Axis...>) {
  return objective_is_scalar<sizeof...(Axis) == 0, spelled<axis_text<Objective, Axis>>...>();
}
template <class Objective>
constexpr bool check_objective() {
  return check_scalar<Objective>(
      std::make_index_sequence<static_cast<std::size_t>(Objective::axes.size)>{});
}

/// What may follow the objective in `compile`: a backend, then extents.
template <class... Arguments>
inline constexpr bool of_compile = true;
template <class First, class... Rest>
inline constexpr bool of_compile<First, Rest...> =
    (Backend<First> ||
     std::is_same_v<First, axis_extent>)&&(std::is_same_v<Rest, axis_extent>&&...);
template <class... Arguments>
concept OfCompile = of_compile<Arguments...>;

// ---- what the arguments say ---------------------------------------------------------------------

constexpr double progress_of() { return 0; }
template <class First, class... Rest>
constexpr double progress_of(const First& first, const Rest&... rest) {
  if constexpr (argument<First>::is_progress) return first.value;
  else return progress_of(rest...);
}

/// The backend among the arguments, or the default.
template <class Default, class... Arguments>
struct find_backend {
  using type = Default;
};
template <class Default, class First, class... Rest>
struct find_backend<Default, First, Rest...> {
  using type = typename std::conditional_t<Backend<First>, type_of<First>,
                                           find_backend<Default, Rest...>>::type;
};
template <class Default, class... Arguments>
using backend_among = typename find_backend<Default, Arguments...>::type;

/// The type of the first tensor of float or double; float if there is none.
template <class... Arguments>
struct find_scalar {
  using type = float;
};
template <class First, class... Rest>
struct find_scalar<First, Rest...> {
  static constexpr auto choose() {
    if constexpr (argument<First>::is_input &&
                  requires { typename tensor_traits<typename argument<First>::tensor>::element; }) {
      using bound =
          std::remove_const_t<typename tensor_traits<typename argument<First>::tensor>::element>;
      if constexpr (std::is_same_v<bound, float> || std::is_same_v<bound, double>)
        return type_of<bound>{};
      else return type_of<typename find_scalar<Rest...>::type>{};
    } else {
      return type_of<typename find_scalar<Rest...>::type>{};
    }
  }
  using type = typename decltype(choose())::type;
};
template <class... Arguments>
using scalar_among = typename find_scalar<Arguments...>::type;

template <class Compiled, class Argument>
void take_input(call& c, extents& known, const Argument& a) {
  if constexpr (argument<Argument>::is_input) {
    using input = typename argument<Argument>::input;
    constexpr int k = find_input<input>(Compiled::lowered.g);
    bind_input(
        c, tables<Compiled>::written, known, k,
        tensor_traits<typename argument<Argument>::tensor>::template view<input::rank>(a.tensor));
  }
}

/// Takes an extent that the call was told.
template <class Argument>
void take_extent(const graph_table& g, std::int64_t* told, const Argument& a) {
  if constexpr (std::is_same_v<Argument, axis_extent>) told[axis_told(g, a, "the call")] = a.extent;
}
/// Throws shape_error if an extent that the call was told is not that of its tensors.
template <class Argument>
void check_extent(const call& c, const graph_table& g, const Argument& a) {
  if constexpr (std::is_same_v<Argument, axis_extent>) {
    const std::int64_t n = c.extent[axis_told(g, a, "the call")];
    if (n != a.extent)
      refuse<shape_error>({"the call was told that axis '", a.axis, "' is ", a.extent,
                           ", and it is ", n,
                           " by its tensors or another extent; leave out what is wrong"});
  }
}

template <class Compiled, class T, class Argument>
void take_destination(call& c, const Argument& a) {
  if constexpr (argument<Argument>::is_destination) {
    using input = typename argument<Argument>::input;
    using traits = tensor_traits<typename argument<Argument>::tensor>;
    constexpr int k = find_input<input>(Compiled::lowered.g);
    bind_destination(c, tables<Compiled>::written, k, traits::template view<input::rank>(a.tensor),
                     accumulates<Argument>);
  }
}

}  // namespace kd::detail
