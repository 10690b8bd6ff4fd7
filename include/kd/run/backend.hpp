// SPDX-License-Identifier: MIT
// Every customization point of a backend. A backend is an empty tag type with static members:
//
//   point                               what it is                                  if absent
//   ----------------------------------  ------------------------------------------  --------------
//   template <class T> lanes            the lanes of a row kernel (run/lanes.hpp)   required (1)
//   product(a, b, c)                    c = a b for strided matrix_views            required (1)
//   runs_itself, run<Compiled, T>(      runs a whole program in its own way         stage by stage
//       call, workspace)
//   present<Rank>(tensor_view)          what result.gradient(zs) returns            the view
//   copy(what present returned)         the same for a result that ends             an error
//   (1) unless it runs itself
//
// and a specialisation of kd::tensor_traits for each of its tensor types (run/bind.hpp).
// Core headers name no backend; kd.hpp makes `eigen` the default by specialising default_backend.
#pragma once
#include <kd/run/stages.hpp>

namespace kd {

namespace detail {

template <class B>
concept HasLanes =
    Lanes<typename B::template lanes<float>> && Lanes<typename B::template lanes<double>>;
template <class B>
concept HasProduct = requires(matrix_view<const float> a, matrix_view<float> c) {
  B::product(a, a, c);
};
template <class B>
concept RunsItself = B::runs_itself;

/// The backend that `evaluate` and `compile` use when none is named; the argument defers the choice
/// to the call.
template <class>
struct default_backend;

}  // namespace detail

template <class B>
concept Backend = std::is_empty_v<B> &&
    (detail::RunsItself<B> || (detail::HasLanes<B> && detail::HasProduct<B>));

}  // namespace kd
