// SPDX-License-Identifier: MIT
// Where a training is: what callbacks are told, and what a run that was cut needs to go on.
#pragma once
#include <cstdint>

namespace kd::train {

struct fit_state {
  std::int64_t epoch = 0, epochs = 0;  // epoch counts from 0; behind the last it is epochs
  std::int64_t samples = 0;            // seen in this epoch
  std::int64_t of_samples = 0;         // in an epoch
  double progress = 0;                 // through the whole training, in [0, 1]
  double loss = 0;                     // mean over this epoch so far
  double rate = 0;                     // of the last step
  std::int64_t steps = 0;              // since the training began
  double seconds = 0;                  // in batches, without callbacks, in all runs so far
  bool stop = false;                   // a callback sets it to end the training
  double loss_sum = 0;                 // over the samples of this epoch
  bool epoch_ended = false;            // the callbacks were told so

  /// Calls visit(name, number&) for all that a resumed run needs. What follows from the options is
  /// not saved, and stop is not: a run that was told to stop is resumed to go on.
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("epoch", epoch);
    visit("samples", samples);
    visit("of_samples", of_samples);
    visit("loss", loss);
    visit("rate", rate);
    visit("steps", steps);
    visit("seconds", seconds);
    visit("loss_sum", loss_sum);
    visit("epoch_ended", epoch_ended);
  }
};

}  // namespace kd::train
