// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <type_traits>

#include <kd/dsl/fixed_string.hpp>
#include <kd/nn/flatten.hpp>
#include <kd/nn/plan_list.hpp>

namespace kd::nn {

/// A layer under a name, for an objective that reads it: `named<"block2", residual<...>>` is the
/// block's sum, `named<"norm1", batch_norm>`; before any relu behind it. `named<"act1", relu>` is
/// what a relu makes.
template <kd::fixed_string Name, class Layer>
struct named {
  static_assert(!std::is_same_v<Layer, flatten>,
                "kd: flatten makes nothing of its own; give the name to the layer before it");
  static constexpr std::size_t layer_count = detail::layers_in<Layer>;

  template <class List>
  static constexpr void append_plans(List& list) {
    detail::append_plans<Layer>(list);
    list.plans[list.count - 1].name = Name.view();
  }
  template <class T>
  static constexpr void append_operations(layer_operations<T>*& to) {
    detail::append_operations<Layer>(to);
  }
};

}  // namespace kd::nn
