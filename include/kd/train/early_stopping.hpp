// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include <kd/schedule/shortest.hpp>
#include <kd/train/history.hpp>

namespace kd::train {

struct early_stopping_options {
  std::int64_t patience = 5;  // epochs in a row that may bring nothing better, 1 or more
  double margin = 0;          // better is by more than this; 0 or more
  score watch = score::validation_loss;
};

/// Ends a training that no longer gets better. It decides by the history alone, which is all that a
/// resumed run needs to stop where the run that was not cut does; it comes behind what fills it.
class early_stopping {
 public:
  /// Throws value_error for an option out of range.
  explicit early_stopping(const history& scores, const early_stopping_options& options = {})
      : scores_(scores), options_(options) {
    if (options.patience < 1)
      throw value_error("kd: early_stopping's patience is " + std::to_string(options.patience) +
                        "; it must be 1 epoch or more");
    if (!(options.margin >= 0))
      throw value_error("kd: early_stopping's margin is " + kd::detail::shortest(options.margin) +
                        "; it must be 0 or more");
  }
  explicit early_stopping(const history&&, const early_stopping_options& = {}) = delete;

  /// A run that was resumed where it had stopped stays so.
  void before_training(fit_state& state) {
    if (state.epoch_ended) after_epoch(state);
  }
  void after_epoch(fit_state& state) {
    detail::check_known(scores_, options_.watch, state, "early_stopping");
    const auto best = scores_.best(options_.watch, options_.margin);
    stopped_ = best && state.epoch - *best >= options_.patience;
    if (stopped_) state.stop = true;
  }

  /// Whether it was this that ended the training.
  bool stopped() const { return stopped_; }

 private:
  const history& scores_;
  early_stopping_options options_;
  bool stopped_ = false;
};

}  // namespace kd::train
