// SPDX-License-Identifier: MIT
// A network's layers and blocks of layers become one list, in which each layer comes after those
// that it reads. A block of layers holds
//   static constexpr std::size_t layer_count
//   static constexpr void append_plans(plan_list&)
//   static constexpr void append_operations<T>(layer_operations<T>*& to)
#pragma once
#include <array>
#include <cstddef>

#include <kd/nn/layer.hpp>

namespace kd::nn::detail {

template <class Layer>
inline constexpr bool is_block = requires {
  Layer::layer_count;
};

template <class Layer>
constexpr std::size_t count_layers() {
  if constexpr (is_block<Layer>) return Layer::layer_count;
  else return 1;
}
/// How many layers a layer or block stands for.
template <class Layer>
inline constexpr std::size_t layers_in = count_layers<Layer>();

template <std::size_t Count>
struct plan_list {
  std::array<layer_plan, Count> plans{};
  std::size_t count = 0;
  int source = -1;  // what the next layer reads
  shape at{};       // and its extents
  int classes = 0;  // of the data; 0 for as many as the network says

  constexpr void append(layer_plan p) {
    p.source = source;
    plans[count] = p;
    source = static_cast<int>(count++);
    at = p.output;
  }
};

template <class Layer, class List>
constexpr void append_plans(List& list) {
  if constexpr (is_block<Layer>) Layer::append_plans(list);
  else if constexpr (requires { Layer::plan(list.at, list.classes); })
    list.append(Layer::plan(list.at, list.classes));
  else list.append(Layer::plan(list.at));
}

template <class Layer, class T>
constexpr void append_operations(layer_operations<T>*& to) {
  if constexpr (is_block<Layer>) Layer::append_operations(to);
  else *to++ = Layer::template operations<T>();
}

}  // namespace kd::nn::detail
