// SPDX-License-Identifier: MIT
// What is said about a layer that a network lacks. The compilers cannot put text into a
// static_assert, so the assertion holds the names in a type; missing_layer_sentence has the words.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <kd/dsl/fixed_string.hpp>
#include <kd/dsl/letters.hpp>
#include <kd/nn/layer.hpp>

namespace kd::nn {

/// False: the first name is not among the others. Appears in compile errors only.
template <class Missing, class... Layers>
struct network_has {
  static constexpr bool value = false;  // of its own: g++ prints the class that declares it
};

namespace detail {

template <fixed_string Name>
inline constexpr std::string_view text_of = Name.view();
template <class Network, std::size_t Layer>
inline constexpr std::string_view name_in = Network::layers[Network::named_layers[Layer]].name;

/// Fails to compile, with the names in the message.
template <fixed_string Name, class Network, std::size_t... Named>
constexpr void report_missing_layer(std::index_sequence<Named...>) {
  static_assert(network_has<kd::detail::spelled<text_of<Name>>,
                            kd::detail::spelled<name_in<Network, Named>>...>::value,
                "kd: the network has no layer of this name; network_has<...> holds the name asked "
                "for, then the names of the network's layers");
}

}  // namespace detail

/// "kd: the network has no layer 'conv9'; its layers are conv1, conv2, logits".
inline std::string missing_layer_sentence(std::span<const layer_plan> layers,
                                          std::string_view name) {
  std::string text = "kd: the network has no layer '";
  text.append(name).append("'; its layers are ");
  bool first = true;
  for (const layer_plan& p : layers) {
    if (p.name.empty()) continue;
    text.append(first ? "" : ", ").append(p.name);
    first = false;
  }
  return text;
}

}  // namespace kd::nn
