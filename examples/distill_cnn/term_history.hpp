// SPDX-License-Identifier: MIT
// What the terms of an objective came to in each epoch.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <kd/train.hpp>

#include "objective.hpp"

namespace example {

/// The mean over an epoch of each term times its weight. A callback, and a state.
class term_history {
 public:
  /// The objective must live as long.
  term_history(const objective& o, std::int64_t epochs)
      : objective_(o),
        epochs_(static_cast<std::size_t>(epochs)),
        sums_(o.terms().size()),
        means_(sums_.size() * epochs_) {}

  void after_batch(const kd::train::fit_state& s) {
    const auto samples = static_cast<double>(s.samples - seen_);
    for (std::size_t i = 0; i < sums_.size(); ++i)
      sums_[i] += samples * objective_.terms()[i].weight * objective_.terms()[i].value;
    seen_ = s.samples;
  }
  void after_epoch(const kd::train::fit_state& s) {
    for (std::size_t i = 0; i < sums_.size(); ++i)
      means_[i * epochs_ + static_cast<std::size_t>(s.epoch)] =
          sums_[i] / static_cast<double>(s.samples);
    std::fill(sums_.begin(), sums_.end(), 0.0);
    seen_ = 0;
  }

  /// Of each epoch, of the term with this place in the text.
  std::span<const double> of(std::size_t term) const {
    return std::span(means_).subspan(term * epochs_, epochs_);
  }

  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("seen", seen_);
    visit("sums", std::span(sums_));
    visit("means", std::span(means_));
  }

 private:
  const objective& objective_;
  std::size_t epochs_;
  std::int64_t seen_ = 0;             // samples of this epoch
  std::vector<double> sums_, means_;  // (terms), (terms, epochs)
};

}  // namespace example
