// SPDX-License-Identifier: MIT
// Whether a model is right as often as it says.
// Guo, Pleiss, Sun, Weinberger. On Calibration of Modern Neural Networks. ICML 2017.
// arXiv:1706.04599, equations 2-3.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <kd/error.hpp>

namespace kd::train {

/// The samples whose confidence lies in (i / 15, (i + 1) / 15].
struct calibration_bin {
  std::int64_t samples = 0, right = 0;
  double sum_of_confidence = 0;

  /// Means over the bin's samples, in [0, 1]; 0 without samples.
  double confidence() const { return samples == 0 ? 0 : sum_of_confidence / as_double(samples); }
  double accuracy() const { return samples == 0 ? 0 : as_double(right) / as_double(samples); }

 private:
  static double as_double(std::int64_t count) { return static_cast<double>(count); }
};

/// A reliability diagram: 15 bins of equal width.
class calibration {
 public:
  static constexpr int bin_count = 15;

  /// Counts a sample: the probability of its predicted class, and whether that was its label.
  /// Throws value_error for a confidence outside [0, 1].
  void add(double confidence, bool right) {
    if (!(confidence >= 0 && confidence <= 1))
      throw value_error("kd: a confidence lies in 0 to 1; pass the predicted class's probability");
    const int last = bin_count - 1;
    const int i = std::clamp(static_cast<int>(std::ceil(confidence * bin_count)) - 1, 0, last);
    calibration_bin& bin = bins_[static_cast<std::size_t>(i)];
    ++bin.samples;
    bin.right += right;
    bin.sum_of_confidence += confidence;
  }

  const std::array<calibration_bin, bin_count>& bins() const { return bins_; }

  /// The expected calibration error: |accuracy - confidence| of the bins, weighted by their
  /// samples; in [0, 1], 0 without samples.
  double expected_error() const {
    double sum = 0;
    std::int64_t samples = 0;
    for (const calibration_bin& b : bins_) {
      sum += std::abs(static_cast<double>(b.right) - b.sum_of_confidence);
      samples += b.samples;
    }
    return samples == 0 ? 0 : sum / static_cast<double>(samples);
  }

 private:
  std::array<calibration_bin, bin_count> bins_{};
};

}  // namespace kd::train
