// SPDX-License-Identifier: MIT
// What the user sees: progress while training, a table and summary.json at the end.
#pragma once
#include <chrono>
#include <string>

#include <kd/train/fit.hpp>
#include "options.hpp"

namespace example {

struct trained {
  double accuracy = 0;  // on the test images, in [0, 1]
  std::int64_t parameters = 0;
  double seconds = 0;  // of training
  double images_per_second = 0;
};

/// A line per model: redrawn with a bar on a terminal, one line per epoch elsewhere.
class progress_display {
 public:
  progress_display(std::string title, bool quiet);
  void show(const kd::train::fit_state& state);
  void end(const trained& result);

 private:
  std::string title_;
  bool quiet_, terminal_;
  std::chrono::steady_clock::time_point start_, shown_;
};

/// Makes the output folder. Throws std::runtime_error if no summary can be written there: before
/// the training, not after it.
void prepare_output(const options& o);

/// Removes the summary of an earlier run: one that is there belongs to the run that ended last.
void forget_summary(const options& o);

/// Prints the comparison and writes summary.json into the output folder. Throws std::runtime_error
/// if it cannot.
void report(const options& o, const trained& teacher, const trained& alone,
            const trained& distilled);

}  // namespace example
