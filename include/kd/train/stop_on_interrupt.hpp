// SPDX-License-Identifier: MIT
#pragma once
#include <csignal>

#include <kd/train/fit_state.hpp>

namespace kd::train {

/// Ends a training behind the batch in which someone pressed Ctrl-C (SIGINT) or asked the process
/// to end (SIGTERM): a callback before `checkpointing`, which then saves. Pressed again, it kills
/// the process. While one lives, and there should be one at a time, it has these signals.
class stop_on_interrupt {
 public:
  stop_on_interrupt() {
    seen() = 0;
    struct sigaction ours {};
    ours.sa_handler = [](int number) { seen() = number; };
    ours.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &ours, &interrupt_before_);
    sigaction(SIGTERM, &ours, &terminate_before_);
  }
  ~stop_on_interrupt() {
    sigaction(SIGINT, &interrupt_before_, nullptr);
    sigaction(SIGTERM, &terminate_before_, nullptr);
  }
  stop_on_interrupt(const stop_on_interrupt&) = delete;
  stop_on_interrupt& operator=(const stop_on_interrupt&) = delete;

  void before_training(fit_state& state) const { after_batch(state); }
  void after_batch(fit_state& state) const {
    if (stopped()) state.stop = true;
  }
  void after_epoch(fit_state& state) const { after_batch(state); }

  /// Whether a signal came.
  bool stopped() const { return seen() != 0; }

 private:
  static volatile std::sig_atomic_t& seen() {
    static volatile std::sig_atomic_t signal = 0;
    return signal;
  }
  struct sigaction interrupt_before_ {
  }, terminate_before_{};
};

}  // namespace kd::train
