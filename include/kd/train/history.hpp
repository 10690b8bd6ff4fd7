// SPDX-License-Identifier: MIT
// What came of each epoch, in arrays that are as long as the training. One that was saved by a
// training of fewer epochs is loaded into a longer one.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <kd/error.hpp>
#include <kd/train/fit_state.hpp>
#include <kd/train/visit_state.hpp>

namespace kd::train {

/// A number that a history has of each epoch, by which epochs are compared.
enum class score { loss, validation_loss, validation_accuracy };

/// Loss and rate of each epoch as fit tells them, and what `validation` finds; NaN until known. A
/// callback, and a state.
struct history {
  std::vector<double> loss, rate, validation_loss, validation_accuracy;  // (epochs)

  /// Room for the epochs of a training. Throws value_error for a negative number.
  explicit history(std::int64_t epochs) {
    if (epochs < 0)
      throw value_error("kd: a history of " + std::to_string(epochs) +
                        " epochs has no room; give it the training's number of epochs");
    for (auto* all : {&loss, &rate, &validation_loss, &validation_accuracy})
      all->assign(static_cast<std::size_t>(epochs), std::numeric_limits<double>::quiet_NaN());
  }

  void before_training(const fit_state& state) const {
    if (state.epochs != std::ssize(loss))
      throw value_error("kd: the history has room for " + std::to_string(loss.size()) +
                        " epochs and the training has " + std::to_string(state.epochs) +
                        "; make it for as many");
  }
  void after_epoch(const fit_state& state) {
    loss.at(static_cast<std::size_t>(state.epoch)) = state.loss;
    rate.at(static_cast<std::size_t>(state.epoch)) = state.rate;
  }

  const std::vector<double>& of(score s) const {
    return s == score::loss              ? loss
           : s == score::validation_loss ? validation_loss
                                         : validation_accuracy;
  }
  /// The epoch of the best score so far, of equal ones the first: one is better that beats the best
  /// before by more than `margin`. Nothing if none is known.
  std::optional<std::int64_t> best(score s, double margin = 0) const {
    const std::vector<double>& all = of(s);
    std::optional<std::int64_t> found;
    for (std::int64_t i = 0; i < std::ssize(all); ++i) {
      const auto at = [&](std::int64_t k) { return all[static_cast<std::size_t>(k)]; };
      const auto beats = [&](double a, double b) {
        return s == score::validation_accuracy ? a > b + margin : a < b - margin;
      };
      if (!std::isnan(at(i)) && (!found || beats(at(i), at(*found)))) found = i;
    }
    return found;
  }

  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("loss", may_grow(loss));
    visit("rate", may_grow(rate));
    visit("validation_loss", may_grow(validation_loss));
    visit("validation_accuracy", may_grow(validation_accuracy));
  }
};

namespace detail {
/// Throws value_error unless this epoch's score is known: a callback that fills it in comes first.
inline void check_known(const history& h, score s, const fit_state& state, const char* who) {
  const std::vector<double>& all = h.of(s);
  if (state.epoch < std::ssize(all) && !std::isnan(all[static_cast<std::size_t>(state.epoch)]))
    return;
  throw value_error(
      "kd: " + std::string(who) + " found no " + (s == score::loss ? "loss" : "validation") +
      " of epoch " + std::to_string(state.epoch + 1) + " in the history; put " +
      (s == score::loss ? "the history" : "a validation") + " before it among the callbacks");
}
}  // namespace detail

}  // namespace kd::train
