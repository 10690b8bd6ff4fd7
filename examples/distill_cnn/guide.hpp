// SPDX-License-Identifier: MIT
// What the distilled student learns from: the teacher's outputs, computed once where that saves
// work, or the teacher itself.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "objective.hpp"
#include "options.hpp"
#include "stage.hpp"

namespace example {

/// What recorded outputs may take, in bytes.
struct recording_limits {
  std::int64_t memory = std::int64_t{2} << 30;
  std::int64_t file = std::int64_t{256} << 20;  // besides logits, which are always written
};

class guide {
 public:
  /// Chooses what the objective, which is prepared, needs. Teacher and data must live as long.
  guide(const options& o, kd::nn::any_model<>& teacher, const run_data& data, const objective& loss,
        const recording_limits& limits = {});

  /// The step of a model that learns from it; both see the same images.
  std::function<double(double progress, kd::train::batch& b)> step(const options& o,
                                                                   kd::nn::any_model<>& model,
                                                                   objective& loss);

  /// Once the teacher is trained: reads what a run before recorded, or records what is written to
  /// a file. A file that is damaged or cannot be written is said to `warn`, and the outputs are
  /// computed. Throws value_error if the file is of another teacher, other images or layers.
  void prepare(const std::function<void(const std::string&)>& warn);

  /// What was saved, or why nothing was; empty if the objective reads no teacher.
  std::string summary() const;

 private:
  kd::nn::any_model<>& teacher_;
  const kd::io::labelled_images& images_;
  std::vector<std::string> layers_;
  std::string path_;     // empty: memory only
  std::string why_not_;  // the teacher runs at every batch
  std::optional<kd::train::recorded<kd::nn::any_model<>>> recorded_;
};

}  // namespace example
