// SPDX-License-Identifier: MIT
// y = x + f(x), or s(x) + f(x) with a shortcut s where f changes the shape.
// He, Zhang, Ren, Sun. Deep Residual Learning. CVPR 2016. arXiv:1512.03385, equations 1 and 2.
#pragma once
#include <cstddef>
#include <cstdint>

#include <kd/nn/layer.hpp>
#include <kd/nn/packs.hpp>
#include <kd/nn/plan_list.hpp>

namespace kd::nn {
namespace detail {

template <class T>
void sum_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t count = work.samples * p.input.size();
  for (std::int64_t i = 0; i < count; ++i) work.output[i] = work.input[i] + work.other[i];
}

/// The runner passes the gradient on to the second source.
template <class T>
void sum_backward(const layer_plan& p, const layer_work<T>& work) {
  copy_unless_same(work.output_gradient, work.samples * p.input.size(), work.input_gradient);
}

/// The end of a block: what f made is the layer before it, what is added is `other`.
struct sum_of_two {
  static constexpr layer_plan plan(shape input, shape other) {
    return {.kind = "sum",
            .input = input,
            .output = input,
            .problem = input == other ? misfit::none : misfit::shapes_differ,
            .in_place = true,
            .lends_output = true,
            .flops = input.size()};
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &sum_forward<T>, .backward = &sum_backward<T>};
  }
};

}  // namespace detail

/// Layers beside the others of a residual block; the first thing in it.
template <class... Layers>
struct shortcut {
  static_assert(sizeof...(Layers) > 0,
                "kd: a shortcut needs at least one layer; leave it out to add the input itself");
  static constexpr std::size_t layer_count = (detail::layers_in<Layers> + ...);

  // Reached only where a shortcut is not the first in a residual.
  template <class List>
  static constexpr void append_plans(List& list) {
    for (std::size_t i = 0; i < layer_count; ++i)
      list.append({.input = list.at, .output = list.at, .problem = misfit::misplaced_shortcut});
  }
  template <class T>
  static constexpr void append_operations(layer_operations<T>*& to) {
    (detail::append_operations<Layers>(to), ...);
  }
};

/// Layers whose output is added to their input: `residual<conv<"c1", 16, 3>, batch_norm, relu,
/// conv<"c2", 16, 3>, batch_norm>`; or to what a shortcut makes of their input.
template <class... Layers>
struct residual {
  static_assert(sizeof...(Layers) > 0, "kd: a residual block needs at least one layer");
  static constexpr std::size_t layer_count = (detail::layers_in<Layers> + ...) + 1;

  template <class List>
  static constexpr void append_plans(List& list) {
    const int source = list.source;
    const shape at = list.at;
    (detail::append_plans<Layers>(list), ...);
    append_sum(list, source, at);
  }
  template <class T>
  static constexpr void append_operations(layer_operations<T>*& to) {
    (detail::append_operations<Layers>(to), ...);
    *to++ = detail::sum_of_two::operations<T>();
  }

 protected:
  template <class List>
  static constexpr void append_sum(List& list, int other, shape other_shape) {
    layer_plan sum = detail::sum_of_two::plan(list.at, other_shape);
    sum.other = other;
    list.append(sum);
  }
};

template <class... Sides, class... Layers>
struct residual<shortcut<Sides...>, Layers...> : residual<Sides..., Layers...> {
  static_assert(sizeof...(Layers) > 0, "kd: a residual block needs a layer besides its shortcut");

  template <class List>
  static constexpr void append_plans(List& list) {
    const int source = list.source;
    const shape at = list.at;
    (detail::append_plans<Sides>(list), ...);
    const int other = list.source;
    const shape other_shape = list.at;
    list.source = source;
    list.at = at;
    (detail::append_plans<Layers>(list), ...);
    residual<Sides..., Layers...>::append_sum(list, other, other_shape);
  }
};

}  // namespace kd::nn
