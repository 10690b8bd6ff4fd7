// SPDX-License-Identifier: MIT
#pragma once
#include <kd/nn/layer.hpp>

namespace kd::nn {

/// An image becomes a row of features in its memory's order: (height, width, channel).
struct flatten {
  static constexpr layer_plan plan(shape input) {
    return {.kind = "flatten",
            .input = input,
            .output = {static_cast<int>(input.size()), 1, 1, true},
            .view = true,
            .in_place = true};
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {};
  }
};

}  // namespace kd::nn
