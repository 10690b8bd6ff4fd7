// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>

namespace kd::nn {

/// That a forward is one of training: batch_norm uses the batch's statistics, dropout drops. What
/// is random depends on these numbers and the layer, never on the place of a sample in its batch.
struct training {
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;
  std::span<const std::int64_t> samples{};  // the number of each sample in its set, (batch)
};

}  // namespace kd::nn
