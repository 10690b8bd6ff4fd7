// SPDX-License-Identifier: MIT
// A model whose network is a type: a layer that it lacks does not compile.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include <kd/dsl/fixed_string.hpp>
#include <kd/nn/any_model.hpp>
#include <kd/nn/network.hpp>

namespace kd::nn {

/// A network's parameters and all that is needed to run and train it; memory grows with the batch.
template <class Network, class T = float>
class model : public any_model<T> {
 public:
  using network = Network;

  /// Draws the parameters by he_normal or glorot_uniform; a seed gives the same bits on every
  /// machine.
  template <class Initialisation = he_normal_initialisation>
  explicit model(std::uint64_t seed, const Initialisation& initialise = {})
      : any_model<T>(Network::layers, Network::template operations<T>, seed, initialise) {}

  using any_model<T>::output;
  using any_model<T>::output_gradient;
  using any_model<T>::backward;

  /// As output(name), with a name that is checked while compiling.
  template <fixed_string Name>
  tensor_view<const T> output() const {
    return this->output_at(Network::template layer_index<Name>());
  }
  /// As output_gradient(name).
  template <fixed_string Name>
  tensor_view<T> output_gradient() {
    return this->output_gradient_at(Network::template layer_index<Name>());
  }
  /// As backward({names...}).
  template <fixed_string... Names>
  void backward() {
    static_assert(sizeof...(Names) > 0,
                  "kd: backward needs the name of at least one layer that holds a gradient");
    static constexpr std::array<int, sizeof...(Names)> places{
        static_cast<int>(Network::template layer_index<Names>())...};
    this->backward_from(places);
  }
};

}  // namespace kd::nn
