// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <vector>

#include <kd/nn/layer.hpp>

namespace kd::nn {

/// The extents of a layer's weights, row-major as they lie in memory: (kernel row, kernel column,
/// input channel, output channel) of a conv, behind its groups if there are several; (kernel row,
/// kernel column, channel) of a depthwise_conv; (input, output) of a linear; (channel) of a
/// batch_norm's scales.
inline std::vector<std::int64_t> weight_extents(const layer_plan& p) {
  if (p.scales) return {p.weights};
  if (p.kind == "linear") return {p.input.size(), p.output.channels};
  if (p.kind == "depthwise_conv") return {p.kernel, p.kernel, p.output.channels};
  const std::int64_t inputs = p.input.channels / p.groups, outputs = p.output.channels / p.groups;
  if (p.groups == 1) return {p.kernel, p.kernel, inputs, outputs};
  return {p.groups, p.kernel, p.kernel, inputs, outputs};
}

}  // namespace kd::nn
