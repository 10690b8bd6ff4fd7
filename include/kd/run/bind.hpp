// SPDX-License-Identifier: MIT
// Binding: how tensors of other libraries become views, and where gradients go. Nothing is copied.
#pragma once
#include <concepts>
#include <cstddef>
#include <ranges>
#include <type_traits>
#include <utility>

#include <kd/dsl/input.hpp>
#include <kd/run/call.hpp>
#include <kd/schedule/schedule.hpp>

namespace kd {

/// Customization point: how a tensor type is seen. A specialisation has
///   using element = ...;                              // const for tensors that cannot be written
///   template <int Rank> static tensor_view<element> view(Tensor&);     // Rank: axes of its input
///   template <int Rank> static constexpr bool fits = ...;              // absent: any Rank
///   static constexpr bool owns_memory = ...;                           // absent: false
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
concept Contiguous = requires(Tensor& t) {
  t.size();
  requires std::is_object_v<std::remove_pointer_t<decltype(t.data())>>;
  requires std::is_pointer_v<decltype(t.data())>;
  requires !requires { t.rows(); }
  &&!requires { t.rank(); };  // a matrix, a tensor
};

/// The first element of an mdspan, or of what calls it data(), as Kokkos does.
template <class Tensor>
auto first_of(Tensor& t) -> decltype(t.data_handle()) {
  return t.data_handle();
}
template <class Tensor>
auto first_of(Tensor& t) -> decltype(t.data()) requires(!requires { t.data_handle(); }) {
  return t.data();
}
/// Elements lie where the pointer says: no accessor changes them on their way.
template <class Tensor, class Pointer>
concept ReadInPlace = std::is_pointer_v<Pointer> &&(
    !requires { typename Tensor::reference; } ||
    requires {
      requires std::is_same_v < typename Tensor::reference, std::remove_pointer_t<Pointer>
      & > ;
    });
template <class Tensor>
concept Mdspanlike = requires(Tensor& t) {
  static_cast<std::int64_t>(t.rank());
  static_cast<std::int64_t>(t.extent(0u));
  static_cast<std::int64_t>(t.stride(0u));
  requires ReadInPlace<Tensor, decltype(first_of(t))>;
};
template <class Tensor>
concept RankIsType = requires {
  typename std::integral_constant<std::size_t, std::size_t{Tensor::rank()}>;
};

}  // namespace detail

/// std::vector, std::span, std::array: one axis.
template <detail::Contiguous Tensor>
struct tensor_traits<Tensor> {
  using element = std::remove_pointer_t<decltype(std::declval<Tensor&>().data())>;
  static constexpr bool owns_memory = !std::ranges::enable_borrowed_range<std::remove_cv_t<Tensor>>;
  template <int Rank>
  static constexpr bool fits = Rank == 1;
  template <int Rank>
  static tensor_view<element> view(Tensor& t) {
    return tensor(t.data(), {static_cast<std::int64_t>(t.size())});
  }
};

/// Arrays of the language, row-major.
template <class T, std::size_t N>
struct tensor_traits<T[N]> {
  using element = std::remove_all_extents_t<T>;
  static constexpr bool owns_memory = true;
  template <int Rank>
  static constexpr bool fits = std::rank_v<T[N]> == Rank;
  template <int Rank>
  static tensor_view<element> view(T (&t)[N]) {
    const auto all = [&]<std::size_t... Axis>(std::index_sequence<Axis...>) {
      return tensor(reinterpret_cast<element*>(&t),
                    {static_cast<std::int64_t>(std::extent_v<T[N], Axis>)...});
    };
    return all(std::make_index_sequence<Rank>{});
  }
};

/// std::mdspan and whatever has its rank(), extent(axis), stride(axis) and data_handle().
template <detail::Mdspanlike Tensor>
struct tensor_traits<Tensor> {
  using element = std::remove_pointer_t<decltype(detail::first_of(std::declval<Tensor&>()))>;
  template <int Rank>
  static constexpr bool fits = [] {
    if constexpr (detail::RankIsType<Tensor>) return int{Tensor::rank()} == Rank;
    else return true;
  }();
  template <int Rank>
  static tensor_view<element> view(Tensor& t) {
    tensor_view<element> v{detail::first_of(t), static_cast<int>(t.rank()), {}, {}};
    if (v.rank > max_rank) throw shape_error("kd: a tensor may have at most 8 axes");
    for (int axis = 0; axis < v.rank; ++axis) {
      const auto r = static_cast<decltype(t.rank())>(axis);
      v.extents[axis] = static_cast<std::int64_t>(t.extent(r));
      v.strides[axis] = static_cast<std::int64_t>(t.stride(r));
    }
    return v;
  }
};

namespace detail {

template <class Tensor>
concept Tensorlike = requires {
  typename tensor_traits<Tensor>::element;
};

/// The destination of a gradient, made by `kd::gradient(zs) = G` or `+= G`.
template <class Input, class Tensor, bool Accumulate, bool Temporary = false>
struct destination : held_tensor<std::conditional_t<Temporary, Tensor&&, Tensor>> {};
template <class Input, class Tensor, bool Accumulate>
using destination_of =
    destination<Input, typename held<Tensor>::type, Accumulate, held<Tensor>::is_temporary>;

template <class Input>
struct gradient_place {
  template <class Tensor>
  constexpr destination_of<Input, Tensor, false> operator=(Tensor&& tensor) const {
    return {{std::forward<Tensor>(tensor)}};
  }
  template <class Tensor>
  constexpr destination_of<Input, Tensor, true> operator+=(Tensor&& tensor) const {
    return {{std::forward<Tensor>(tensor)}};
  }
};

struct progress {
  double value;
};
template <bool IsNumber>
constexpr void progress_is_a_number() {
  static_assert(IsNumber,
                "kd: kd::at says how far training is, a number in [0, 1] at which schedules are "
                "read; a schedule stands in the objective itself, as an option or a factor");
}

template <class>
inline constexpr bool is_input = false;
template <role Role, fixed_string Model, fixed_string Name, class... Axes>
inline constexpr bool is_input<input<Role, Model, Name, Axes...>> = true;

/// Says so if the gradient of something else than an input is asked for; true if all is well.
template <class Input>
constexpr bool check_is_input() {
  static_assert(is_input<Input> || any_mistaken<Input>,
                "kd: a gradient belongs to an input, kd::student<\"name\", axes...> or learnable; "
                "what was given is the argument of 'check_is_input'; name the input, or declare "
                "as one what the expression computes");
  return is_input<Input>;
}

}  // namespace detail

/// Where the gradient of an input is written (`kd::gradient(zs) = G`) or added (`+= G`); else the
/// result owns it.
template <class Input>
constexpr auto gradient(const Input&) {
  if constexpr (!detail::check_is_input<Input>()) return detail::mistaken{};
  else {
    static_assert(Input::role == role::student || Input::role == role::learnable,
                  "kd: only student and learnable tensors have a gradient; teacher, labels and "
                  "given are constants");
    return detail::gradient_place<Input>{};
  }
}

/// Training progress in [0, 1], at which schedules are evaluated.
constexpr detail::progress at(double progress) { return {progress}; }
template <std::same_as<schedule> Schedule>
constexpr detail::progress at(const Schedule&) {
  detail::progress_is_a_number<std::is_arithmetic_v<Schedule>>();
  return {0};
}

}  // namespace kd
