// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/range.hpp>

namespace kd {

struct plateau_options {
  double start = 1;               // the first value
  double factor = 0.1;            // what the value is multiplied with, in (0, 1)
  int patience = 10;              // how many observations in a row may bring no improvement
  double margin = 1e-4;           // an improvement is by more than this fraction of the best metric
  double smallest = 0;            // the value stays at or above it
  bool larger_is_better = false;  // an accuracy, not a loss
};

/// All that a plateau knows: save it, assign it back, and training goes on as if never stopped.
struct plateau_state {
  double value = 1;
  double best = 0;   // the best metric, once there was one
  int improved = 0;  // how often the best metric was beaten
  int waited = 0;    // observations since then

  /// Calls visit(name, number&) for each: for kd::train's checkpoints.
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("value", value);
    visit("best", best);
    visit("improved", improved);
    visit("waited", waited);
  }
};

/// Reduce on plateau: the value falls by a factor when a metric has not improved for longer than
/// `patience` observations. A metric that is not finite is no improvement. Pass the value as
/// kd::watch(p.value()). Throws value_error when an option is out of range.
/// For positive metrics as PyTorch's ReduceLROnPlateau with threshold_mode='rel' and cooldown=0.
class plateau {
 public:
  explicit plateau(const plateau_options& options) : options_(options) {
    state.value = options.start;
    detail::require(options.start, "start", "plateau", detail::in::finite);
    detail::require(options.factor, "factor", "plateau", detail::in::between_0_and_1);
    detail::require(options.patience, "patience", "plateau", detail::in::not_negative);
    detail::require(options.margin, "margin", "plateau", detail::in::not_negative);
    detail::require(options.smallest, "smallest", "plateau", detail::in::finite);
    if (options.start < options.smallest)
      throw value_error("kd: plateau has start " + detail::shortest(options.start) +
                        " below smallest " + detail::shortest(options.smallest) + "; swap them");
  }

  /// Takes the metric of, say, an epoch's validation.
  void observe(double metric) {
    const double least = state.best + (options_.larger_is_better ? 1 : -1) * options_.margin *
                                          (state.best < 0 ? -state.best : state.best);
    const bool beats = options_.larger_is_better ? metric > least : metric < least;
    const bool improves = detail::in::finite.holds(metric) && (state.improved == 0 || beats);
    if (improves) {
      state.best = metric;
      ++state.improved;
      state.waited = 0;
    } else if (++state.waited > options_.patience) {
      const double lower = state.value * options_.factor;
      state.value = lower < options_.smallest ? options_.smallest : lower;
      state.waited = 0;
    }
  }

  const double& value() const& { return state.value; }
  const double& value() const&& = delete;  // nothing would be left to watch

  plateau_state state;

 private:
  plateau_options options_;
};

}  // namespace kd
