// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <kd/train/history.hpp>

namespace kd::train {

/// Keeps the parameters and running statistics of a model's best epoch, and gives them back to the
/// model when the training ends, however it does. A callback behind what fills the history, and a
/// state, so that a resumed run has them too; checkpoints that callbacks save hold both, the last
/// and the best.
template <class Model>
class keep_best {
 public:
  keep_best(Model& model, const history& scores, score watch = score::validation_loss)
      : model_(model),
        scores_(scores),
        watch_(watch),
        parameters_(model.parameters().begin(), model.parameters().end()),
        statistics_(model.running_statistics().begin(), model.running_statistics().end()) {}

  keep_best(Model&, const history&&, score = score::validation_loss) = delete;

  void after_epoch(const fit_state& state) {
    detail::check_known(scores_, watch_, state, "keep_best");
    if (scores_.best(watch_) != state.epoch) return;
    epoch_ = state.epoch;
    std::ranges::copy(model_.parameters(), parameters_.begin());
    std::ranges::copy(model_.running_statistics(), statistics_.begin());
  }
  void after_training(const fit_state&) { restore(); }

  /// Makes the model what it was behind its best epoch; nothing if there was none.
  void restore() {
    if (epoch_ < 0) return;
    std::ranges::copy(parameters_, model_.parameters().begin());
    std::ranges::copy(statistics_, model_.running_statistics().begin());
  }
  /// The best epoch, from 0; -1 if none has ended.
  std::int64_t epoch() const { return epoch_; }

  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("epoch", epoch_);
    visit("parameters", std::span(parameters_));
    visit("running_statistics", std::span(statistics_));
  }

 private:
  using scalar = typename Model::scalar;
  Model& model_;
  const history& scores_;
  score watch_;
  std::int64_t epoch_ = -1;
  std::vector<scalar> parameters_, statistics_;
};

}  // namespace kd::train
