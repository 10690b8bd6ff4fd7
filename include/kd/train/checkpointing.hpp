// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include <kd/train/checkpoints.hpp>
#include <kd/train/fit_state.hpp>

namespace kd::train {

struct checkpointing_options {
  std::int64_t batches = 0;      // also after every so many, within an epoch; 0: not
  io::text_metadata metadata{};  // saved with each; "epoch" and "step" are added
};

/// Saves a state into a folder behind every epoch, and when a callback before it set stop: the last
/// of the callbacks, so that what it saves is what all of them did. Folder and state, a `together`
/// of all that the run is made of and of its fit_state, must live as long.
template <State T>
class checkpointing {
 public:
  /// Throws value_error for a negative number of batches.
  checkpointing(checkpoints& folder, T& state, checkpointing_options options = {})
      : folder_(folder), state_(state), options_(std::move(options)) {
    if (options_.batches < 0)
      throw value_error("kd: checkpointing after every " + std::to_string(options_.batches) +
                        " batches cannot be meant; give 1 or more, or 0 for after epochs only");
  }

  void after_batch(const fit_state& state) {
    const bool within = state.samples < state.of_samples;  // else the epoch's end is saved
    const bool due = within && options_.batches > 0 && state.steps % options_.batches == 0;
    if (due || state.stop) save(state);
  }
  void after_epoch(const fit_state& state) { save(state); }

  /// The folder's newest(): what it saved, or in a run that goes on what that was loaded from. What
  /// fit throws as diverged is never in it.
  std::string newest() const { return folder_.newest(); }

 private:
  void save(const fit_state& state) {
    options_.metadata["epoch"] = std::to_string(state.epoch);
    options_.metadata["step"] = std::to_string(state.steps);
    folder_.save(state_, options_.metadata);
  }

  checkpoints& folder_;
  T& state_;
  checkpointing_options options_;
};

}  // namespace kd::train
