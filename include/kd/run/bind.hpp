// SPDX-License-Identifier: MIT
// Binding: how tensors of other libraries become views, and where gradients go. Nothing is copied.
#pragma once
#include <type_traits>
#include <utility>

#include <kd/dsl/input.hpp>
#include <kd/run/call.hpp>

namespace kd {

/// Customization point: how a tensor type is seen. A specialisation has
///   using element = ...;                              // const for tensors that cannot be written
///   template <int Rank> static tensor_view<element> view(Tensor&);     // Rank: axes of its input
///   template <int Rank> static constexpr bool fits = ...;              // absent: any Rank
/// Backends specialise it for their tensors; `kd::tensor(pointer, extents, strides)` needs none.
template <class Tensor>
struct tensor_traits;

template <class T>
struct tensor_traits<tensor_view<T>> {
  using element = T;
  template <int Rank>
  static tensor_view<T> view(const tensor_view<T>& t) {
    return t;
  }
};
template <class T>
struct tensor_traits<const tensor_view<T>> : tensor_traits<tensor_view<T>> {};

namespace detail {

template <class Tensor>
concept Matrixlike = requires(Tensor& t) {
  t.rows();
};
template <class Tensor>
concept Contiguous = !Matrixlike<Tensor> && requires(Tensor & t) {
  t.data();
  t.size();
  requires std::is_arithmetic_v<std::remove_cvref_t<decltype(*t.data())>>;
};

}  // namespace detail

/// std::vector, std::span, std::array: one axis.
template <detail::Contiguous Tensor>
struct tensor_traits<Tensor> {
  using element = std::remove_reference_t<decltype(*std::declval<Tensor&>().data())>;
  template <int Rank>
  static constexpr bool fits = Rank == 1;
  template <int Rank>
  static tensor_view<element> view(Tensor& t) {
    return tensor(t.data(), {static_cast<std::int64_t>(t.size())});
  }
};

namespace detail {

template <class Tensor>
concept Tensorlike = requires {
  typename tensor_traits<Tensor>::element;
};

/// The destination of a gradient, made by `kd::gradient(zs) = G` or `+= G`.
template <class Input, class Tensor, bool Accumulate>
struct destination {
  Tensor& tensor;
};

template <class Input>
struct gradient_place {
  template <class Tensor>
  constexpr destination<Input, std::remove_reference_t<Tensor>, false> operator=(
      Tensor&& tensor) const {
    return {tensor};
  }
  template <class Tensor>
  constexpr destination<Input, std::remove_reference_t<Tensor>, true> operator+=(
      Tensor&& tensor) const {
    return {tensor};
  }
};

struct progress {
  double value;
};

/// An argument that says nothing, for generated calls.
struct nothing {};

}  // namespace detail

/// Where the gradient of an input is written (`kd::gradient(zs) = G`) or added (`+= G`); else the
/// result owns it.
template <class Input>
constexpr detail::gradient_place<Input> gradient(const Input&) {
  static_assert(Input::role == role::student || Input::role == role::learnable,
                "kd: only student and learnable tensors have a gradient; teacher, labels and given "
                "are constants");
  return {};
}

/// Training progress in [0, 1], at which schedules are evaluated.
constexpr detail::progress at(double progress) { return {progress}; }

}  // namespace kd
