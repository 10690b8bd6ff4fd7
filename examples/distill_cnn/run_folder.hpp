// SPDX-License-Identifier: MIT
// The folder that a run writes: settings.txt, a folder of checkpoints for each model, metrics.csv,
// tensorboard/, and at the end the models, report.html and summary.json.
#pragma once
#include <string>

#include <kd/io/folder_lock.hpp>

#include "options.hpp"

namespace example {

/// A run's folder, which is kept to this run while it lives.
class run_folder {
 public:
  /// Makes and locks --out. Throws std::runtime_error if it cannot be written, or holds files that
  /// no run wrote, kd::io_error if another run uses it.
  explicit run_folder(const options& o);

  /// Throws std::runtime_error if the folder holds a run of other settings, or one that has not
  /// ended, unless it is to be resumed, or to be dropped; and if the teacher of --teacher-from has
  /// seen images that this run puts aside.
  void check(const options& o) const;

  /// Whether this run goes on with one that is here.
  bool goes_on(const options& o) const;

  /// When all else that can be wrong was looked at: drops what an earlier run left, unless it is
  /// resumed, and takes the teacher of --teacher-from, and the student alone if it would be the
  /// same.
  void begin(const options& o);

 private:
  std::string path_;
  kd::io::folder_lock lock_;
};

/// The options of the run in a folder, as far as its models depend on them. Throws
/// std::runtime_error if there is none.
options with_settings_of(options o, const std::string& folder);

/// The options with the teacher of --teacher-from, as it was trained there; a run that is resumed
/// has it already. Throws std::runtime_error if there is none, or if that is the folder that this
/// run writes.
options with_teacher_taken(options o);

inline std::string teacher_logits_path(const options& o) {
  return o.out + "/teacher_logits.safetensors";
}
/// Of an objective that reads other layers, too.
inline std::string teacher_outputs_path(const options& o) {
  return o.out + "/teacher_outputs.safetensors";
}
inline std::string summary_path(const options& o) { return o.out + "/summary.json"; }

}  // namespace example
