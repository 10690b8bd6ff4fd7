// SPDX-License-Identifier: MIT
// A network as a table: what each layer puts out and costs.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kd/nn/any_model.hpp>
#include <kd/nn/layer.hpp>

namespace kd::nn {
namespace detail {

using summary_row = std::array<std::string, 5>;  // layer, kind, output, parameters, FLOPs

/// "(32, 28, 28)": channels, height, width; "(128)" for features.
inline std::string text_of_shape(const shape& s) {
  std::string text = "(" + std::to_string(s.channels);
  if (!s.flat) text += ", " + std::to_string(s.height) + ", " + std::to_string(s.width);
  return text + ")";
}

/// The rows in columns; numbers are flush right.
inline std::string align(const std::vector<summary_row>& rows) {
  std::array<std::size_t, 5> widths{};
  for (const summary_row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const summary_row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string room(widths[i] - row[i].size(), ' ');
      if (i != 0) text += "  ";
      text += i < 3 ? row[i] + room : room + row[i];
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

inline std::string summarise(const shape& input, std::span<const layer_plan> layers,
                             std::int64_t parameters, std::int64_t flops) {
  std::vector<summary_row> rows{{"layer", "kind", "output", "parameters", "FLOPs"},
                                {"input", "", text_of_shape(input), "", ""}};
  for (std::size_t i = 0; i < layers.size(); ++i)
    rows.push_back({layer_name(layers, i), std::string(layers[i].kind),
                    text_of_shape(layers[i].output), std::to_string(layers[i].parameters()),
                    std::to_string(layers[i].flops)});
  rows.push_back({"total", "", "", std::to_string(parameters), std::to_string(flops)});
  return align(rows);
}

}  // namespace detail

/// A table of the network's layers: name or place, kind, output (channels, height, width),
/// parameters and FLOPs of one sample; then totals. Ends with a line's end.
template <class Network>
std::string summary() {
  return detail::summarise(Network::input, Network::layers, Network::parameter_count,
                           Network::flops);
}

/// The same of a model whose network is known when the program runs.
template <class T>
std::string summary(const any_model<T>& model) {
  return detail::summarise(model.input(), model.layers(),
                           static_cast<std::int64_t>(model.parameters().size()), model.flops());
}

}  // namespace kd::nn
