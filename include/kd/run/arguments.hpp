// SPDX-License-Identifier: MIT
// The arguments of a call: which binding belongs to which input, and what is wrong with them, said at compile time.
#pragma once
#include <kd/backend/backend.hpp>
#include <kd/run/bind.hpp>
#include <kd/run/prepare.hpp>

namespace kd::detail {

// ---- what an argument is ---------------------------------------------------------------------------------------

template <class A>
struct argument {
  static constexpr bool is_input = false, is_destination = false, is_progress = std::is_same_v<A, progress>;
};
template <class Input, class Tensor>
struct argument<binding<Input, Tensor>> {
  static constexpr bool is_input = true, is_destination = false, is_progress = false;
  using input = Input;
  using tensor = Tensor;
};
template <class Input, class Tensor, bool Accumulate>
struct argument<destination<Input, Tensor, Accumulate>> {
  static constexpr bool is_input = false, is_destination = true, is_progress = false;
  using input = Input;
  using tensor = Tensor;
};
template <class A>
inline constexpr bool accumulates = false;
template <class Input, class Tensor>
inline constexpr bool accumulates<destination<Input, Tensor, true>> = true;

template <class Input>
constexpr int find_input(const graph& g) {
  for (int k = 0; k < g.inputs; ++k)
    if (g.input[k].role == Input::role && g.input[k].model == Input::model && g.input[k].name == Input::name) return k;
  return -1;
}

// ---- what can be wrong: one sentence each, the first one found --------------------------------------------------

/// A name spelled as letters, which every compiler prints readably.
template <char... Letters>
struct letters {};
template <fixed_string Name, std::size_t... I>
letters<Name.text[I]...> spell(std::index_sequence<I...>);
template <fixed_string Name>
using spelling = decltype(spell<Name>(std::make_index_sequence<sizeof(Name.text) - 1>{}));
template <class Compiled, int K, std::size_t... I>
letters<Compiled::lowered.g.input[K].name[I]...> spell_input(std::index_sequence<I...>);
template <class Compiled, int K>
using input_name = decltype(spell_input<Compiled, K>(std::make_index_sequence<Compiled::lowered.g.input[K].name.size()>{}));

template <bool Bound, role Role, class Name>
constexpr bool input_is_bound() {
  static_assert(Bound, "kd: an input of the objective is not bound; its role and the letters of its name stand in "
                       "'input_is_bound<...>'; add  input = tensor  to the call");
  return Bound;
}
template <bool Once, role Role, class Name>
constexpr bool input_is_bound_once() {
  static_assert(Once, "kd: an input is bound twice; its role and the letters of its name stand in "
                      "'input_is_bound_once<...>'; keep one binding");
  return Once;
}
template <bool Read, class Input>
constexpr bool input_is_read() {
  static_assert(Read, "kd: a binding names an input that the objective does not read; it is the last argument of "
                      "'input_is_read<...>'; remove the binding or use the input in the objective");
  return Read;
}
template <bool Fits, class Input, class Element>
constexpr bool element_fits() {
  static_assert(Fits, "kd: labels need a tensor of integers, and all other tensors of a call one type, float or double; the "
                      "input and the type bound to it stand in 'element_fits<...>'");
  return Fits;
}
template <bool Known, class Tensor>
constexpr bool tensor_is_known() {
  static_assert(Known, "kd: a tensor is bound that kd does not know; its type stands in 'tensor_is_known<...>'; include the "
                       "backend's header, or bind kd::tensor(pointer, {extents...}, {strides...})");
  return Known;
}
template <bool InMemory, class Tensor>
constexpr bool tensor_is_in_memory() {
  static_assert(InMemory, "kd: bind a matrix, array, map or block, not an expression that has yet to be computed; keep its "
                          "value first:  Eigen::MatrixXf value = expression;");
  return InMemory;
}
template <bool Known, class Argument>
constexpr bool argument_is_known() {
  static_assert(Known, "kd: an argument is neither a binding (input = tensor), nor a gradient's destination, nor "
                       "kd::at(progress), nor a backend; its type stands in 'argument_is_known<...>'");
  return Known;
}
template <bool Found, fixed_string Name>
constexpr bool check_term() {
  static_assert(Found, "kd: the objective has no scalar part of this name; losses name themselves, others are named by "
                       "kd::named<\"...\">(part)");
  return Found;
}
template <bool Once, fixed_string Name>
constexpr bool check_term_once() {
  static_assert(Once, "kd: the objective has several parts of this name; tell them apart by kd::named<\"...\">(part)");
  return Once;
}
template <bool Found, class Input>
constexpr bool check_gradient() {
  static_assert(Found, "kd: the objective has no gradient with respect to this input: it is not read, or it is a constant "
                       "(teacher, labels, given)");
  return Found;
}
template <bool Scalar, class... AxesLeft>
constexpr bool objective_is_scalar() {
  static_assert(Scalar, "kd: an objective must be a scalar, and this one still has axes; they stand in "
                        "'objective_is_scalar<...>'; reduce them with sum<...> or mean<...>");
  return Scalar;
}
template <bool Same>
constexpr bool inputs_agree() {
  static_assert(Same, "kd: one input stands in the objective twice with different axes; give one of them another name");
  return Same;
}

template <class Argument>
constexpr bool is_known() {
  using a = argument<Argument>;
  return a::is_input || a::is_destination || a::is_progress || Backend<Argument> || std::is_same_v<Argument, nothing>;
}

/// How often the arguments bind input K.
template <class Compiled, int K, class... Arguments>
constexpr int times_bound() {
  auto binds = [](auto holder) {
    using a = argument<typename decltype(holder)::type>;
    if constexpr (a::is_input) return find_input<typename a::input>(Compiled::lowered.g) == K ? 1 : 0;
    else return 0;
  };
  return (0 + ... + binds(type_of<Arguments>{}));
}

template <class Compiled, int K, class... Arguments>
constexpr bool check_bound() {
  constexpr int times = times_bound<Compiled, K, Arguments...>();
  constexpr role r = Compiled::lowered.g.input[K].role;
  if constexpr (times == 0) return input_is_bound<false, r, input_name<Compiled, K>>();
  else if constexpr (times > 1) return input_is_bound_once<false, r, input_name<Compiled, K>>();
  else return true;
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
    } else if constexpr (requires { requires !tensor_traits<typename a::tensor>::in_memory; }) {
      return tensor_is_in_memory<false, typename a::tensor>();
    } else if constexpr (find_input<input>(Compiled::lowered.g) < 0) {
      return input_is_read<false, input>();
    } else {
      using bound = std::remove_const_t<typename tensor_traits<typename a::tensor>::element>;
      constexpr bool fits = input::role == role::labels ? std::is_integral_v<bound> : std::is_same_v<bound, T>;
      if constexpr (!fits) return element_fits<false, input, bound>();
      else return true;
    }
  } else {
    return true;
  }
}

template <class Compiled, class T, class... Arguments, int... K>
constexpr bool check_arguments(std::integer_sequence<int, K...>) {
  return (check_argument<Compiled, T, Arguments>() && ...) && (check_bound<Compiled, K, Arguments...>() && ...);
}
/// Whether a call's arguments are right; if not, one static_assert says the first mistake.
template <class Compiled, class T, class... Arguments>
constexpr bool check_arguments() {
  if constexpr (Compiled::lowered.g[Compiled::lowered.g.value].axes != 0) return false;
  else if constexpr (Compiled::lowered.found != mistake::none) return inputs_agree<Compiled::lowered.found == mistake::none>();
  else return check_arguments<Compiled, T, Arguments...>(std::make_integer_sequence<int, Compiled::lowered.g.inputs>{});
}

template <class Objective, std::size_t Axis, std::size_t... I>
letters<Objective::axes.name[Axis][I]...> spell_axis(std::index_sequence<I...>);
template <class Objective, std::size_t... Axis>
constexpr bool check_scalar(std::index_sequence<Axis...>) {
  return objective_is_scalar<sizeof...(Axis) == 0, decltype(spell_axis<Objective, Axis>(
                                 std::make_index_sequence<Objective::axes.name[Axis].size()>{}))...>();
}
template <class Objective>
constexpr bool check_objective() {
  return check_scalar<Objective>(std::make_index_sequence<static_cast<std::size_t>(Objective::axes.size)>{});
}

// ---- what the arguments say --------------------------------------------------------------------------------------

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
  using type = typename std::conditional_t<Backend<First>, type_of<First>, find_backend<Default, Rest...>>::type;
};
template <class Default, class... Arguments>
using backend_among = typename find_backend<Default, Arguments...>::type;

/// The floating-point type of the first tensor that is not of labels; float if there is none.
template <class... Arguments>
struct find_scalar {
  using type = float;
};
template <class First, class... Rest>
struct find_scalar<First, Rest...> {
  static constexpr auto choose() {
    if constexpr (argument<First>::is_input && requires { typename tensor_traits<typename argument<First>::tensor>::element; }) {
      using bound = std::remove_const_t<typename tensor_traits<typename argument<First>::tensor>::element>;
      if constexpr (std::is_floating_point_v<bound>) return type_of<bound>{};
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
    bind_input(c, Compiled::lowered.g, known, k,
               tensor_traits<typename argument<Argument>::tensor>::template view<input::rank>(a.tensor), c.input[k]);
  }
}

template <class Compiled, class T, class Argument>
void take_destination(call& c, const Argument& a) {
  if constexpr (argument<Argument>::is_destination) {
    using input = typename argument<Argument>::input;
    using traits = tensor_traits<typename argument<Argument>::tensor>;
    static_assert(!std::is_const_v<typename traits::element>, "kd: the destination of a gradient must not be const");
    constexpr int k = find_input<input>(Compiled::lowered.g);
    extents known;
    for (int i = 0; i < Compiled::lowered.g.input[k].rank; ++i) {
      known.known[Compiled::lowered.g.input[k].axis[i]] = true;
      known.from[Compiled::lowered.g.input[k].axis[i]] = k;
    }
    bind_input(c, Compiled::lowered.g, known, k, traits::template view<input::rank>(a.tensor), c.gradient[k]);
    c.gradient[k].accumulate = accumulates<Argument>;
  }
}

}  // namespace kd::detail
