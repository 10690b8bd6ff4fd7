// SPDX-License-Identifier: MIT
// A network is a type; everything about it that kernels need is one constexpr array of plans.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <kd/dsl/fixed_string.hpp>
#include <kd/nn/layer.hpp>
#include <kd/nn/missing_layer.hpp>
#include <kd/nn/plan_list.hpp>
#include <kd/nn/shape.hpp>

namespace kd::nn {
namespace detail {

/// Whether a layer's output is read by that layer only.
constexpr bool read_once(const layer_plan* plans, std::size_t count, std::size_t reader) {
  int readers = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (plans[i].source == plans[reader].source || plans[i].other == plans[reader].source)
      ++readers;
  return readers == 1;
}

/// Relus become part of the max_pool behind them, or else of the batch_norm or sum before them,
/// but for those whose output has a name, or changes one that has.
template <std::size_t Count>
constexpr void fuse_relus(std::array<layer_plan, Count>& plans) {
  const auto source_of = [&](const layer_plan& p) -> layer_plan* {
    const std::size_t reader = static_cast<std::size_t>(&p - plans.data());
    if (p.source < 0 || !read_once(plans.data(), Count, reader)) return nullptr;
    return &plans[static_cast<std::size_t>(p.source)];
  };
  for (layer_plan& p : plans) {
    layer_plan* const before = source_of(p);
    if (p.fuses_relu && before && before->rectifies && before->name.empty())
      before->view = p.rectified = true;
  }
  for (layer_plan& p : plans) {
    layer_plan* const before = source_of(p);
    const bool unseen = before && before->name.empty() && p.name.empty();
    if (p.rectifies && !p.view && unseen && before->lends_output)
      p.view = before->rectified_output = true;
  }
}

/// All layers' plans with their offsets.
template <class... Layers>
constexpr auto plan_network(const shape& input, int classes = 0) {
  plan_list<(layers_in<Layers> + ...)> list{.at = input, .classes = classes};
  (append_plans<Layers>(list), ...);
  auto& plans = list.plans;
  fuse_relus(plans);

  std::int64_t parameters = 0, partials = 0, statistics = 0;
  for (layer_plan& p : plans) {
    p.parameter_offset = parameters;
    parameters += p.parameters();
    p.partial_offset = partials;
    if (!p.input.flat && !p.couples) partials += rounded_size(p.parameters());
    p.statistic_offset = statistics;
    statistics += p.statistics;
  }
  return plans;
}

/// The first thing that is wrong with a network.
constexpr misfit problem_of(const shape& input, const layer_plan* plans, std::size_t count) {
  if (input.channels < 1 || input.height < 1 || input.width < 1) return misfit::bad_input;
  for (std::size_t i = 0; i < count; ++i) {
    if (plans[i].problem != misfit::none) return plans[i].problem;
    for (std::size_t j = 0; j < i; ++j)
      if (!plans[i].name.empty() && plans[i].name == plans[j].name) return misfit::same_name;
  }
  return misfit::none;
}

constexpr std::size_t count_named(const layer_plan* plans, std::size_t count) {
  std::size_t named = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (!plans[i].name.empty()) ++named;
  return named;
}
template <std::size_t Named>
constexpr std::array<std::size_t, Named> named_of(const layer_plan* plans) {
  std::array<std::size_t, Named> found{};
  std::size_t layer = 0;
  for (std::size_t& at : found) {
    while (plans[layer].name.empty()) ++layer;
    at = layer++;
  }
  return found;
}

/// "conv1, conv2, logits", with a null behind it.
template <std::size_t Length>
constexpr std::array<char, Length> join_names(const layer_plan* plans, std::size_t count) {
  std::array<char, Length> text{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (plans[i].name.empty()) continue;
    if (at != 0) text[at++] = ',', text[at++] = ' ';
    for (char letter : plans[i].name) text[at++] = letter;
  }
  return text;
}
constexpr std::size_t joined_length(const layer_plan* plans, std::size_t count) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (!plans[i].name.empty()) length += plans[i].name.size() + (length == 0 ? 0 : 2);
  return length;
}

}  // namespace detail

/// A chain of layers and blocks after an input: `network<image<1, 28, 28>, conv<"conv1", 32, 3>,
/// relu, ...>`.
template <class Input, class... Layers>
struct network {
  static_assert(sizeof...(Layers) > 0, "kd: a network needs at least one layer");

  /// The number of layers, those inside blocks included, and the sum at the end of a residual.
  static constexpr std::size_t layer_count = (detail::layers_in<Layers> + ...);
  /// What each layer is: shapes, counts of parameters, where its values lie.
  static constexpr std::array<layer_plan, layer_count> layers =
      detail::plan_network<Layers...>(Input::extents);
  /// The same layers for other inputs, and for other classes where a `classifier` makes the logits.
  static constexpr std::array<layer_plan, layer_count> layers_for(const shape& inputs,
                                                                  int classes) {
    return detail::plan_network<Layers...>(inputs, classes);
  }
  /// The extents of one input sample.
  static constexpr shape input = Input::extents;
  /// The number of weights and biases of all layers.
  static constexpr std::int64_t parameter_count =
      layers.back().parameter_offset + layers.back().parameters();
  /// The number of running statistics of all layers.
  static constexpr std::int64_t statistic_count =
      layers.back().statistic_offset + layers.back().statistics;
  /// What a forward of one sample computes: a multiplication with its addition counts 2, as does
  /// batch_norm per value; pools, relu, gelu and sums count 1 per value they read.
  static constexpr std::int64_t flops = [] {
    std::int64_t sum = 0;
    for (const layer_plan& p : layers) sum += p.flops;
    return sum;
  }();
  /// Whether a layer draws random numbers in training.
  static constexpr bool is_random = [] {
    for (const layer_plan& p : layers)
      if (p.drop != 0) return true;
    return false;
  }();

  static constexpr misfit problem = detail::problem_of(input, layers.data(), layer_count);
  static_assert(
      problem != misfit::same_name,
      "kd: two layers of this network have the same name; give each layer a name of its own");
  static_assert(problem != misfit::bad_input, "kd: a network's input needs positive extents");
  static_assert(problem != misfit::bad_number,
                "kd: channels, features, kernels, sizes and strides must be positive, and a conv's "
                "padding must be smaller than its kernel");
  static_assert(problem != misfit::bad_groups,
                "kd: a conv's groups must divide the channels that it reads and those that it "
                "makes; change one of the three");
  static_assert(problem != misfit::bad_rate, "kd: dropout's rate must be at least 0 and below 1");
  static_assert(problem != misfit::shapes_differ,
                "kd: a residual block adds two things of different shape; give it a shortcut that "
                "makes the shape of its other layers: shortcut<conv<...>>");
  static_assert(problem != misfit::misplaced_shortcut,
                "kd: a shortcut stands first in a residual block, and nowhere else");
  static_assert(problem != misfit::needs_flatten,
                "kd: linear cannot read an image; put flatten before linear");
  static_assert(problem != misfit::needs_image,
                "kd: convolutions and pools read images; put them before flatten and linear");
  static_assert(problem != misfit::window_too_large,
                "kd: the window of a convolution or pool is larger than the image it reads; use a "
                "smaller one");

  /// Where the layers that have names stand.
  static constexpr auto named_layers =
      detail::named_of<detail::count_named(layers.data(), layer_count)>(layers.data());

  /// The kernels of each layer.
  template <class T>
  static constexpr std::array<layer_operations<T>, layer_count> operations = [] {
    std::array<layer_operations<T>, layer_count> all{};
    layer_operations<T>* to = all.data();
    (detail::append_operations<Layers>(to), ...);
    return all;
  }();

  /// Where the layer of this name stands, or layer_count.
  static constexpr std::size_t find_layer(std::string_view name) {
    std::size_t i = 0;
    while (i < layer_count && layers[i].name != name) ++i;
    return i;
  }
  /// Whether a layer has this name.
  template <fixed_string Name>
  static constexpr bool has_layer = !Name.view().empty() && find_layer(Name.view()) < layer_count;

  /// The names of the layers in their order: "conv1, conv2, hidden, logits".
  static constexpr std::string_view layer_names() { return {joined.data(), joined.size() - 1}; }

  /// Where the layer of this name stands; a name that no layer has does not compile.
  template <fixed_string Name>
  static constexpr std::size_t layer_index() {
    if constexpr (!has_layer<Name>) {
      detail::report_missing_layer<Name, network>(std::make_index_sequence<named_layers.size()>{});
      return 0;
    } else {
      return find_layer(Name.view());
    }
  }
  /// The extents of one sample of this layer's output.
  template <fixed_string Name>
  static constexpr shape output_shape() {
    return layers[layer_index<Name>()].output;
  }

 private:
  static constexpr auto joined =
      detail::join_names<detail::joined_length(layers.data(), layer_count) + 1>(layers.data(),
                                                                                layer_count);
};

}  // namespace kd::nn
