// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/range.hpp>

namespace kd {

struct balanced_options {
  double ratio = 1;                    // of the weighted term to the other
  double momentum = 0.99;              // of the moving averages, in [0, 1)
  double start = 1;                    // the weight before the first observation
  double smallest = 0, largest = 1e6;  // the weight stays between them
};

/// All that a balanced weight knows: save it, assign it back, and training goes on as if never
/// stopped.
struct balanced_state {
  double value = 1;
  double term = 0, other = 0;  // moving averages of magnitudes

  /// Calls visit(name, number&) for each: for kd::train's checkpoints.
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("value", value);
    visit("term", term);
    visit("other", other);
  }
};

/// A weight that keeps weight * term at a ratio of another term: both are averaged over calls, and
/// weight = ratio * average |other| / average |term|. Pass it as kd::watch(b.value()). Observations
/// that are not finite are left out. Throws value_error when an option is out of range.
class balanced {
 public:
  explicit balanced(const balanced_options& options) : options_(options) {
    state.value = options.start;
    detail::require(options.ratio, "ratio", "balanced", detail::in::positive);
    detail::require(options.momentum, "momentum", "balanced", detail::in::fraction_below_1);
    detail::require(options.start, "start", "balanced", detail::in::finite);
    detail::require(options.smallest, "smallest", "balanced", detail::in::not_negative);
    detail::require(options.largest, "largest", "balanced", detail::in::positive);
    if (options.smallest > options.largest)
      throw value_error("kd: balanced has smallest " + detail::shortest(options.smallest) +
                        " above largest " + detail::shortest(options.largest) + "; swap them");
  }

  /// Takes two terms of a step, without their weights: step.term<"...">().
  void observe(double term, double other) {
    if (!detail::in::finite.holds(term) || !detail::in::finite.holds(other)) return;
    const auto average = [m = options_.momentum](double& mean, double x) {
      mean = m * mean + (1 - m) * (x < 0 ? -x : x);  // both begin at 0, which their ratio forgets
    };
    average(state.term, term);
    average(state.other, other);
    const double weight = options_.ratio * state.other / state.term;  // 0/0 leaves the weight
    if (weight == weight)
      state.value = weight < options_.smallest  ? options_.smallest
                    : weight > options_.largest ? options_.largest
                                                : weight;
  }

  const double& value() const& { return state.value; }
  const double& value() const&& = delete;  // nothing would be left to watch

  balanced_state state;

 private:
  balanced_options options_;
};

}  // namespace kd
