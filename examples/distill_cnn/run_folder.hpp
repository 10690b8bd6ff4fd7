// SPDX-License-Identifier: MIT
// The folder that a run writes: settings.txt, a folder of checkpoints for each model, metrics.csv,
// tensorboard/, and at the end report.html and summary.json.
#pragma once
#include <string>

#include "options.hpp"

namespace example {

/// Prepares --out for a new run, or for going on. Throws std::runtime_error if it cannot be
/// written, if it holds an unfinished run that nobody asked to drop, and if a run is to be resumed
/// with other settings.
void prepare_folder(const options& o);

/// The options of the run in a folder, as far as its models depend on them. Throws
/// std::runtime_error if there is none.
options with_settings_of(options o, const std::string& folder);

/// The options with the teacher of --teacher-from, as it was trained there. Throws
/// std::runtime_error if there is none, or if that is the folder that this run writes.
options with_teacher_taken(options o);

/// Ends the preparation, when all else that can be wrong was looked at: drops what an earlier run
/// left, unless it is resumed, and takes the teacher of --teacher-from.
void begin_folder(const options& o);

inline std::string teacher_logits_path(const options& o) {
  return o.out + "/teacher_logits.safetensors";
}
/// Of an objective that reads other layers, too.
inline std::string teacher_outputs_path(const options& o) {
  return o.out + "/teacher_outputs.safetensors";
}
inline std::string summary_path(const options& o) { return o.out + "/summary.json"; }

}  // namespace example
