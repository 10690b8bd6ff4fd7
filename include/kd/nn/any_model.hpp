// SPDX-License-Identifier: MIT
// A model whose network is known when the program runs: what does not depend on the network's type.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <kd/error.hpp>
#include <kd/nn/buffer.hpp>
#include <kd/nn/he_normal.hpp>
#include <kd/nn/missing_layer.hpp>
#include <kd/nn/network.hpp>
#include <kd/nn/runner.hpp>
#include <kd/nn/training.hpp>
#include <kd/nn/weight_extents.hpp>
#include <kd/tensor.hpp>

namespace kd::nn {
namespace detail {

/// A view of a layer's values: axes (batch, feature), or (batch, channel, height, width) of images
/// whose memory is (batch, height, width, channel).
template <class T>
tensor_view<T> view_of(T* data, std::int64_t batch, const shape& s) {
  const std::int64_t channels = s.channels, row = s.width * channels;
  if (s.flat) return tensor(data, {batch, channels});
  return tensor(data, {batch, channels, s.height, s.width}, {s.size(), 1, row, channels});
}

}  // namespace detail

/// What a network is made for.
struct data_extents {
  shape input;      // one sample
  int classes = 0;  // 0: as many as the network says
};

namespace detail {
inline void check_problem(misfit problem, const data_extents& data) {
  if (problem == misfit::none && data.classes >= 0) return;
  const shape& s = data.input;
  throw value_error("kd: the network cannot read samples of " + std::to_string(s.height) + " x " +
                    std::to_string(s.width) + " with " + std::to_string(s.channels) +
                    " channels and " + std::to_string(data.classes) + " classes: " +
                    (problem == misfit::window_too_large
                         ? "a window is larger than what it reads; use larger images or fewer pools"
                     : problem == misfit::bad_groups
                         ? "a convolution's groups do not divide its channels"
                     : problem == misfit::needs_image ? "its first layer reads images"
                                                      : "extents and classes must be positive"));
}
}  // namespace detail

/// A network's parameters and all that is needed to run and train it; memory grows with the batch.
/// Layers are called by name at run time; `model` does it at compile time.
template <class T = float>
class any_model {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "kd: a model's scalar is float or double");

 public:
  using scalar = T;

  /// A model of a network type: `any_model<>::of<teacher_network>(seed)`. Parameters as of `model`.
  template <class Network, class Initialisation = he_normal_initialisation>
  static any_model of(std::uint64_t seed, const Initialisation& initialise = {}) {
    return any_model(Network::layers, Network::template operations<T>, seed, initialise);
  }

  /// The same for data of other extents, and of as many classes as its `classifier` shall have.
  /// Throws value_error if the network cannot read such images.
  template <class Network, class Initialisation = he_normal_initialisation>
  static any_model of(std::uint64_t seed, const data_extents& data,
                      const Initialisation& initialise = {}) {
    const auto layers = Network::layers_for(data.input, data.classes);
    detail::check_problem(detail::problem_of(data.input, layers.data(), layers.size()), data);
    const auto kept = std::make_shared<const std::vector<layer_plan>>(layers.begin(), layers.end());
    any_model made(*kept, Network::template operations<T>, seed, initialise);
    made.kept_ = kept;
    return made;
  }

  /// The extents of one input sample.
  const shape& input() const { return layers_.front().input; }
  /// What each layer is.
  std::span<const layer_plan> layers() const { return layers_; }
  /// Whether a layer has this name.
  bool has_layer(std::string_view name) const { return place_of(name) < layers_.size(); }
  /// The extents of one sample of this layer's output. Throws value_error, with the names of all
  /// layers, if there is no such layer.
  const shape& output_shape(std::string_view name) const { return layers_[find(name)].output; }
  /// What a forward of one sample computes, see network::flops.
  std::int64_t flops() const {
    std::int64_t sum = 0;
    for (const layer_plan& p : layers_) sum += p.flops;
    return sum;
  }

  /// Runs images (batch, height, width, channel) or features (batch, feature), row-major, through
  /// all layers, in evaluation; backward reads them again. Throws shape_error for a negative batch,
  /// value_error for a null pointer.
  void forward(const T* images, std::int64_t batch) {
    check_batch(images, batch);
    runner_.forward(parameters_.data(), running_.data(), images, batch);
  }

  /// The same in training: batch_norm uses the batch's statistics and updates the running ones,
  /// dropout drops. Throws the same, shape_error if the network drops and `mode` does not number
  /// the batch's samples, and value_error for a batch of one value per channel before a batch_norm.
  void forward(const T* images, std::int64_t batch, const training& mode) {
    check_batch(images, batch);
    for (const layer_plan& p : layers_) {
      if (p.drop != 0 && static_cast<std::int64_t>(mode.samples.size()) != batch)
        throw shape_error(
            "kd: dropout needs the number of each sample in its set; forward was given " +
            std::to_string(mode.samples.size()) + " numbers for a batch of " +
            std::to_string(batch));
    }
    if (batch == 1 && least_batch() > 1)
      throw value_error(
          "kd: batch_norm cannot train on one value per channel, which has no variance; use "
          "batches of 2 samples or more");
    runner_.forward(parameters_.data(), running_.data(), images, batch, &mode);
  }

  /// The fewest samples that a forward in training takes: 2 where a batch_norm has one value per
  /// channel and sample, else 1.
  std::int64_t least_batch() const {
    return std::ranges::any_of(
               layers_,
               [](const layer_plan& p) { return p.couples && p.input.size() == p.input.channels; })
               ? 2
               : 1;
  }

  /// What the named layer made of the last batch, before any relu behind it: axes (batch, feature),
  /// or (batch, channel, height, width); valid until the next forward. Throws as output_shape.
  tensor_view<const T> output(std::string_view name) const { return output_at(find(name)); }

  /// The same of a layer by its place in layers(), which must be one.
  tensor_view<const T> output_at(std::size_t layer) const {
    return detail::view_of(runner_.output(static_cast<int>(layer)), batch(), layers_[layer].output);
  }

  /// Where the gradient of the named layer's output is written before backward: axes as output's;
  /// valid until a forward of another batch size. Its first contents are arbitrary. Throws as
  /// output_shape.
  tensor_view<T> output_gradient(std::string_view name) { return output_gradient_at(find(name)); }

  /// Writes gradients() from the output gradients of the named layers: the sum of all their ways
  /// back. Throws value_error if there is none, if output_gradient of one was not asked for at this
  /// batch size, or as output_shape.
  void backward(std::span<const std::string_view> names) {
    places_.clear();
    for (std::string_view name : names) places_.push_back(static_cast<int>(find(name)));
    backward_from(places_);
  }

  /// All weights and biases, layer after layer; a layer's biases follow its weights. A batch_norm's
  /// are scales and shifts.
  std::span<T> parameters() { return {parameters_.data(), parameter_count()}; }
  std::span<const T> parameters() const { return {parameters_.data(), parameter_count()}; }
  /// The gradient of all parameters, in their order, from the last backward.
  std::span<T> gradients() { return {gradients_.data(), parameter_count()}; }
  std::span<const T> gradients() const { return {gradients_.data(), parameter_count()}; }

  /// The running means and variances of all batch_norms; each one's variances follow its means.
  std::span<T> running_statistics() { return {running_.data(), statistic_count()}; }
  std::span<const T> running_statistics() const { return {running_.data(), statistic_count()}; }

  /// Calls visit(name, span) for everything that a saved model needs: "conv1.weight", "conv1.bias",
  /// and of a batch_norm at place 3 "layer3.scale", "layer3.shift", "layer3.running_mean" and
  /// "layer3.running_variance". What visit writes is the model's. For weights it is visit(name,
  /// span, weight_extents), if visit takes that.
  template <class Visit>
  void visit_state(Visit&& visit) {
    const auto part = [](T* all, std::int64_t first, std::int64_t count) {
      return std::span<T>(all + first, static_cast<std::size_t>(count));
    };
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
      const layer_plan& p = layers_[layer];
      const std::string name = layer_name(layers_, layer);
      const std::int64_t biases = p.parameter_offset + p.weights, half = p.statistics / 2;
      if (p.weights != 0)
        visit_weights(visit, name + (p.scales ? ".scale" : ".weight"),
                      part(parameters_.data(), p.parameter_offset, p.weights), p);
      if (p.biases != 0)
        visit(name + (p.scales ? ".shift" : ".bias"), part(parameters_.data(), biases, p.biases));
      if (half == 0) continue;
      visit(name + ".running_mean", part(running_.data(), p.statistic_offset, half));
      visit(name + ".running_variance", part(running_.data(), p.statistic_offset + half, half));
    }
  }

  /// The number of samples of the last forward.
  std::int64_t batch() const { return runner_.batch(); }

 protected:
  template <class Initialisation>
  any_model(std::span<const layer_plan> layers, std::span<const layer_operations<T>> operations,
            std::uint64_t seed, const Initialisation& initialise)
      : layers_(layers), runner_(layers, operations), asked_at_(layers.size(), -1) {
    parameters_.reserve(static_cast<std::int64_t>(parameter_count()));
    gradients_.reserve(static_cast<std::int64_t>(parameter_count()));
    running_.reserve(static_cast<std::int64_t>(statistic_count()));
    for (const layer_plan& p : layers) {
      T* mean = running_.data() + p.statistic_offset;
      std::fill_n(mean, p.statistics / 2, T(0));
      std::fill_n(mean + p.statistics / 2, p.statistics / 2, T(1));
    }
    initialise(layers, seed, parameters());
    std::fill_n(gradients_.data(), parameter_count(), T(0));
  }

  tensor_view<T> output_gradient_at(std::size_t layer) {
    asked_at_[layer] = batch();
    return detail::view_of(runner_.gradient(static_cast<int>(layer)), batch(),
                           layers_[layer].output);
  }
  void backward_from(std::span<const int> places) {
    if (places.empty())
      throw value_error("kd: backward needs the name of at least one layer that holds a gradient");
    for (const int place : places) check_gradient(static_cast<std::size_t>(place));
    runner_.backward(parameters_.data(), places, gradients_.data());
  }

 private:
  template <class Visit>
  static void visit_weights(Visit& visit, const std::string& name, std::span<T> all,
                            const layer_plan& p) {
    if constexpr (requires { visit(name, all, weight_extents(p)); })
      visit(name, all, weight_extents(p));
    else visit(name, all);
  }
  static void check_batch(const T* images, std::int64_t batch) {
    if (batch < 0)
      throw shape_error(
          "kd: a batch must have 0 or more samples; forward was given a negative number");
    if (batch > 0 && images == nullptr)
      throw value_error("kd: forward was given a null pointer; pass the images");
  }
  void check_gradient(std::size_t layer) const {
    if (asked_at_[layer] == batch()) return;
    throw value_error("kd: backward reads the gradient of layer '" +
                      std::string(layers_[layer].name) +
                      "', which was not written for this batch size; write output_gradient first");
  }
  std::size_t place_of(std::string_view name) const {
    std::size_t place = 0;
    while (place < layers_.size() && (name.empty() || layers_[place].name != name)) ++place;
    return place;
  }
  std::size_t find(std::string_view name) const {
    const std::size_t place = place_of(name);
    if (place == layers_.size()) throw value_error(missing_layer_sentence(layers_, name));
    return place;
  }
  std::size_t parameter_count() const {
    return static_cast<std::size_t>(layers_.back().parameter_offset + layers_.back().parameters());
  }
  std::size_t statistic_count() const {
    return static_cast<std::size_t>(layers_.back().statistic_offset + layers_.back().statistics);
  }

  std::shared_ptr<const std::vector<layer_plan>> kept_;  // where no type holds them
  std::span<const layer_plan> layers_;
  detail::runner<T> runner_;
  detail::buffer<T> parameters_, gradients_, running_;
  std::vector<std::int64_t> asked_at_;  // the batch, or -1 for never
  std::vector<int> places_;
};

}  // namespace kd::nn
