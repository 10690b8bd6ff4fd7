// SPDX-License-Identifier: MIT
// What the compiler says about mistakes: one sentence each, in a function template whose arguments
// name what is wrong, because a static_assert cannot.
#pragma once
#include <string_view>

#include <kd/dsl/fixed_string.hpp>
#include <kd/dsl/letters.hpp>
#include <kd/run/compiled.hpp>

namespace kd::detail {

template <class Compiled, int K>
inline constexpr std::string_view text_of_input = Compiled::lowered.g.input[K].name;
template <class Compiled, int K>
using input_name = spelled<text_of_input<Compiled, K>>;

template <bool Bound, role Role, class Name>
constexpr bool input_is_bound() {
  static_assert(
      Bound,
      "kd: an input of the objective is not bound; its role and the letters of its name stand in "
      "'input_is_bound<...>'; add  input = tensor  to the call");
  return Bound;
}
template <bool Once, role Role, class Name>
constexpr bool input_is_bound_once() {
  static_assert(Once,
                "kd: an input is bound twice; its role and the letters of its name stand in "
                "'input_is_bound_once<...>'; keep one binding");
  return Once;
}
template <bool Read, class Input>
constexpr bool input_is_read() {
  static_assert(
      Read,
      "kd: a binding names an input that the objective does not read; it is the last argument of "
      "'input_is_read<...>'; remove the binding or use the input in the objective");
  return Read;
}
template <bool Fits, class Input, class Element>
constexpr bool element_fits() {
  static_assert(Fits,
                "kd: labels need a tensor of integers, and all other tensors of a call one type, "
                "float or double, which kd::compile<double>(...) sets to double, or 16-bit "
                "floating-point; the input and the type bound to it stand in 'element_fits<...>'");
  return Fits;
}
template <bool Once, class Argument>
constexpr bool argument_is_said_once() {
  static_assert(Once,
                "kd: a call says twice what it may say once: a backend, kd::at(progress), "
                "kd::non_finite, or the destination of one input's gradient; it stands in "
                "'argument_is_said_once<...>'; "
                "keep one");
  return Once;
}
template <bool Writable, class Tensor>
constexpr bool destination_is_writable() {
  static_assert(Writable,
                "kd: the destination of a gradient is const; its type stands in "
                "'destination_is_writable<...>'; bind a tensor that can be written");
  return Writable;
}
template <bool Stays, class Tensor>
constexpr bool destination_stays() {
  static_assert(Stays,
                "kd: the destination of a gradient is a temporary that owns its memory, so the "
                "gradient would be lost; its type stands in 'destination_stays<...>'; name the "
                "tensor first, or leave the destination out and read result.gradient(input)");
  return Stays;
}
template <bool Fits, class Input, class Tensor>
constexpr bool tensor_has_the_axes() {
  static_assert(Fits,
                "kd: a tensor's type has another number of axes than its input; both stand in "
                "'tensor_has_the_axes<...>'; bind kd::tensor(pointer, {extents...}, "
                "{strides...}), or of an Eigen matrix a row or column for one axis");
  return Fits;
}
template <bool Known, class Tensor>
constexpr bool tensor_is_known() {
  static_assert(Known,
                "kd: a tensor is bound that kd does not know; its type stands in "
                "'tensor_is_known<...>'; include the "
                "backend's header, or bind kd::tensor(pointer, {extents...}, {strides...})");
  return Known;
}
template <bool InMemory, class Tensor>
constexpr bool tensor_is_in_memory() {
  static_assert(InMemory,
                "kd: bind a matrix, array, map, block or tensor, not an expression that has yet to "
                "be computed; keep its value first:  Eigen::MatrixXf value = expression;");
  return InMemory;
}
template <bool Known, class Argument>
constexpr bool argument_is_known() {
  static_assert(
      Known,
      "kd: an argument is neither a binding (input = tensor), nor a gradient's destination, nor "
      "kd::at(progress), nor a backend, nor an extent (token(32)); its type stands in "
      "'argument_is_known<...>'");
  return Known;
}
template <bool Found, fixed_string Name>
constexpr bool check_term() {
  static_assert(Found,
                "kd: the objective has no scalar part of this name; losses name themselves, others "
                "are named by "
                "kd::named<\"...\">(part)");
  return Found;
}
template <bool InBrackets, class Name>
constexpr void term_is_named_in_brackets() {
  static_assert(InBrackets,
                "kd: the name of a term is known when the program is compiled; write it in angle "
                "brackets:  result.term<\"cross_entropy\">()");
}
template <bool Once, fixed_string Name>
constexpr bool check_term_once() {
  static_assert(Once,
                "kd: the objective has several parts of this name; tell them apart by "
                "kd::named<\"...\">(part)");
  return Once;
}
template <bool Found, class Input>
constexpr bool check_gradient() {
  static_assert(Found,
                "kd: the objective has no gradient with respect to this input: it is not read, or "
                "it is a constant "
                "(teacher, labels, given)");
  return Found;
}
template <bool Owned, class Input>
constexpr bool gradient_outlives_result() {
  static_assert(
      Owned,
      "kd: this gradient is a view of memory that ends with the result; keep the result:  "
      "const auto result = kd::evaluate(...);  then  result.gradient(input)");
  return Owned;
}
template <bool Scalar, class... AxesLeft>
constexpr bool objective_is_scalar() {
  static_assert(Scalar,
                "kd: an objective must be a scalar, and this one still has axes; they stand in "
                "'objective_is_scalar<...>'; reduce them with sum<...> or mean<...>");
  return Scalar;
}
template <bool Takes, class... Arguments>
constexpr bool compile_takes() {
  static_assert(Takes,
                "kd: kd::compile takes an objective, a backend and extents, as in  kd::compile(o, "
                "kd::eigen, batch(256)); tensors are bound at each call:  program(zs = S); the "
                "types of what was given stand in 'compile_takes<...>'");
  return Takes;
}
template <bool IsExpression, class Objective>
constexpr void objective_is_expression() {
  static_assert(IsExpression,
                "kd: the first argument of kd::evaluate and kd::compile is the objective, an "
                "expression of kd; what was given stands in 'objective_is_expression<...>'");
}
/// Most that one program holds.
constexpr int most_of(limit l) {
  switch (l) {
    case limit::operations: return max_nodes;
    case limit::inputs: return max_inputs;
    case limit::axes: return max_axes;
    case limit::numbers: return max_slots;
    case limit::named_parts: return max_terms;
    case limit::renamed_axes: return max_renamings;
    case limit::reasons: return max_reasons;
    case limit::nested_words: return max_operands;
    case limit::stages: return max_stages;
    case limit::values_of_stages: return max_stage_nodes;
    case limit::sweeps: return max_phases;
    case limit::instructions: return max_instructions;
    case limit::tensors: return max_buffers;
    case limit::tensors_of_a_stage: return max_row_buffers;
    case limit::scalars: return max_scalars;
    default: return 0;
  }
}
template <bool Fits, limit Exceeded, int Most, int Beyond>
constexpr bool objective_fits() {
  static_assert(Fits,
                "kd: the objective is too large for one program: which limit it exceeds, how many "
                "of it a program holds, and about how many more it takes stand in "
                "'objective_fits<false, limit, most, more>'; split it, and let the parts add to "
                "one gradient:  kd::gradient(zs) += G");
  return Fits;
}
template <class Compiled>
constexpr bool check_fits() {
  constexpr limit l = Compiled::value.g.exceeded;
  return objective_fits<Compiled::found != mistake::too_large, l, most_of(l),
                        Compiled::value.g.beyond>();
}
template <bool Same>
constexpr bool inputs_agree() {
  static_assert(Same,
                "kd: one input stands in the objective twice with different axes; give one of them "
                "another name");
  return Same;
}

}  // namespace kd::detail
