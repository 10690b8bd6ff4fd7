// SPDX-License-Identifier: MIT
// In what order a network's layers run, forward and backward.
//   step    one layer, or what batch_norm measures of its input before it can run
//   run     steps that take one sample at a time through all of them, so that it stays in cache
//           (images), or all samples of a chunk step by step, so that weights do (rows of features)
//   phase   runs that every chunk goes through without waiting for others; between two phases the
//           chunks' sums are added, so a phase that is not the last ends with a measurement
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include <kd/nn/layer.hpp>

namespace kd::nn::detail {

struct step {
  int layer = 0;
  bool measures = false;
};

/// A range of steps, or of runs.
struct part {
  int first = 0;
  int last = 0;  // one past the end
  bool by_sample = false;
};

struct pass {
  std::vector<step> steps;
  std::vector<part> runs;
  std::vector<part> phases;

  void add(const step& s, bool by_sample) {
    const int at = static_cast<int>(steps.size()), runs_before = static_cast<int>(runs.size());
    const bool starts_phase = phases.empty() || ended_;
    if (starts_phase) phases.push_back({runs_before, runs_before});
    if (starts_phase || runs.back().by_sample != by_sample) {
      runs.push_back({at, at, by_sample});
      ++phases.back().last;
    }
    steps.push_back(s);
    ++runs.back().last;
    ended_ = s.measures;
  }
  /// The layer that is measured at the end of a phase, or -1.
  int measured(const part& phase) const {
    const step& s =
        steps[static_cast<std::size_t>(runs[static_cast<std::size_t>(phase.last) - 1].last) - 1];
    return s.measures ? s.layer : -1;
  }

 private:
  bool ended_ = false;
};

inline bool runs_by_sample(const layer_plan& p) { return !p.input.flat; }

inline pass forward_pass(std::span<const layer_plan> plans, bool measured) {
  pass result;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const layer_plan& p = plans[i];
    const int layer = static_cast<int>(i);
    if (p.view) continue;
    if (p.couples && measured) result.add({layer, true}, runs_by_sample(p));
    result.add({layer, false}, runs_by_sample(p));
  }
  return result;
}

/// Layers that no gradient needs to reach are left out.
inline pass backward_pass(std::span<const layer_plan> plans, const std::vector<bool>& trained) {
  pass result;
  for (std::size_t i = plans.size(); i-- > 0;) {
    const layer_plan& p = plans[i];
    const int layer = static_cast<int>(i);
    if (p.view || !trained[i]) continue;
    if (p.couples) result.add({layer, true}, runs_by_sample(p));
    result.add({layer, false}, runs_by_sample(p));
  }
  return result;
}

}  // namespace kd::nn::detail
