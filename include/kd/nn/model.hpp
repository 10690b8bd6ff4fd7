// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <kd/dsl/fixed_string.hpp>
#include <kd/error.hpp>
#include <kd/nn/buffer.hpp>
#include <kd/nn/he_normal.hpp>
#include <kd/nn/network.hpp>
#include <kd/nn/runner.hpp>
#include <kd/nn/training.hpp>
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

/// A network's parameters and all that is needed to run and train it; memory grows with the batch.
template <class Network, class T = float>
class model {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "kd: a model's scalar is float or double");

 public:
  using network = Network;
  using scalar = T;

  /// Draws the parameters by he_normal or glorot_uniform; a seed gives the same bits on every
  /// machine.
  template <class Initialisation = he_normal_initialisation>
  explicit model(std::uint64_t seed, const Initialisation& initialise = {})
      : runner_(Network::layers, Network::template operations<T>) {
    parameters_.reserve(Network::parameter_count);
    gradients_.reserve(Network::parameter_count);
    running_.reserve(Network::statistic_count);
    for (const layer_plan& p : Network::layers) {
      T* mean = running_.data() + p.statistic_offset;
      std::fill_n(mean, p.statistics / 2, T(0));
      std::fill_n(mean + p.statistics / 2, p.statistics / 2, T(1));
    }
    initialise(std::span<const layer_plan>(Network::layers), seed, parameters());
    std::fill_n(gradients_.data(), Network::parameter_count, T(0));
    asked_at_.fill(-1);
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
    if (Network::is_random && static_cast<std::int64_t>(mode.samples.size()) != batch)
      throw shape_error(
          "kd: dropout needs the number of each sample in its set; forward was given " +
          std::to_string(mode.samples.size()) + " numbers for a batch of " + std::to_string(batch));
    for (const layer_plan& p : Network::layers)
      if (p.couples && batch == 1 && p.input.size() == p.input.channels)
        throw value_error(
            "kd: batch_norm cannot train on one value per channel, which has no variance; use "
            "batches of 2 samples or more");
    runner_.forward(parameters_.data(), running_.data(), images, batch, &mode);
  }

  /// What the named layer made of the last batch, before any relu behind it: axes (batch, feature),
  /// or (batch, channel, height, width); valid until the next forward.
  template <fixed_string Name>
  tensor_view<const T> output() const {
    constexpr std::size_t layer = Network::template layer_index<Name>();
    return detail::view_of(runner_.output(static_cast<int>(layer)), batch(),
                           Network::layers[layer].output);
  }

  /// Where the gradient of the named layer's output is written before backward<Name>: axes as
  /// output's; valid until a forward of another batch size. Its first contents are arbitrary.
  template <fixed_string Name>
  tensor_view<T> output_gradient() {
    constexpr std::size_t layer = Network::template layer_index<Name>();
    asked_at_[layer] = batch();
    return detail::view_of(runner_.gradient(static_cast<int>(layer)), batch(),
                           Network::layers[layer].output);
  }

  /// Writes gradients() from the output gradients of the named layers: the sum of all their ways
  /// back. Throws value_error if output_gradient of one was not asked for at this batch size.
  template <fixed_string... Names>
  void backward() {
    static_assert(sizeof...(Names) > 0,
                  "kd: backward needs the name of at least one layer that holds a gradient");
    static constexpr std::array<int, sizeof...(Names)> places{
        static_cast<int>(Network::template layer_index<Names>())...};
    (check_gradient(Network::template layer_index<Names>()), ...);
    runner_.backward(parameters_.data(), places, gradients_.data());
  }

  /// All weights and biases, layer after layer; a layer's biases follow its weights. A batch_norm's
  /// are scales and shifts.
  std::span<T> parameters() { return {parameters_.data(), Network::parameter_count}; }
  std::span<const T> parameters() const { return {parameters_.data(), Network::parameter_count}; }
  /// The gradient of all parameters, in their order, from the last backward.
  std::span<T> gradients() { return {gradients_.data(), Network::parameter_count}; }
  std::span<const T> gradients() const { return {gradients_.data(), Network::parameter_count}; }

  /// The running means and variances of all batch_norms; each one's variances follow its means.
  std::span<T> running_statistics() { return {running_.data(), Network::statistic_count}; }
  std::span<const T> running_statistics() const {
    return {running_.data(), Network::statistic_count};
  }

  /// Calls visit(name, span) for everything that a saved model needs: "conv1.weight", "conv1.bias",
  /// and of a batch_norm at place 3 "layer3.scale", "layer3.shift", "layer3.running_mean" and
  /// "layer3.running_variance". What visit writes is the model's.
  template <class Visit>
  void visit_state(Visit&& visit) {
    const auto part = [](T* all, std::int64_t first, std::int64_t count) {
      return std::span<T>(all + first, static_cast<std::size_t>(count));
    };
    for (std::size_t layer = 0; layer < Network::layer_count; ++layer) {
      const layer_plan& p = Network::layers[layer];
      const std::string name = layer_name(Network::layers, layer);
      const std::int64_t biases = p.parameter_offset + p.weights, half = p.statistics / 2;
      if (p.weights != 0)
        visit(name + (p.scales ? ".scale" : ".weight"),
              part(parameters_.data(), p.parameter_offset, p.weights));
      if (p.biases != 0)
        visit(name + (p.scales ? ".shift" : ".bias"), part(parameters_.data(), biases, p.biases));
      if (half == 0) continue;
      visit(name + ".running_mean", part(running_.data(), p.statistic_offset, half));
      visit(name + ".running_variance", part(running_.data(), p.statistic_offset + half, half));
    }
  }

  /// The number of samples of the last forward.
  std::int64_t batch() const { return runner_.batch(); }

 private:
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
                      std::string(Network::layers[layer].name) +
                      "', which was not written for this batch size; write output_gradient first");
  }

  detail::runner<T> runner_;
  detail::buffer<T> parameters_, gradients_, running_;
  std::array<std::int64_t, Network::layer_count> asked_at_;  // the batch, or -1 for never
};

}  // namespace kd::nn
