// SPDX-License-Identifier: MIT
// The training loop: shuffled batches through a step, parameters along its gradients.
#pragma once
#include <chrono>
#include <cmath>
#include <string>

#include <kd/nn/clip_by_norm.hpp>
#include <kd/nn/optimiser.hpp>
#include <kd/schedule/schedule.hpp>
#include <kd/train/batches.hpp>

namespace kd::train {

struct fit_options {
  int epochs = 5;            // 0 or more
  std::int64_t batch = 128;  // 1 or more
  schedule rate = 0.05;      // of progress through the whole training
  double clip = 0;           // largest norm of the gradient; 0: not clipped
  std::uint64_t seed = 0;    // of the order of samples
};

/// What a callback is told after every batch.
struct fit_state {
  int epoch = 0, epochs = 0;    // epoch counts from 0
  std::int64_t samples = 0;     // seen in this epoch
  std::int64_t of_samples = 0;  // in an epoch
  double progress = 0;          // through the whole training, in [0, 1]
  double loss = 0;              // mean over this epoch so far
};

namespace detail {
/// The batch's size is checked where batches are cut.
inline void check_options(const fit_options& o) {
  if (o.epochs < 0)
    throw value_error("kd: epochs is " + std::to_string(o.epochs) + "; it must be 0 or more");
  nn::detail::check_setting("clip", o.clip, o.clip >= 0,
                            "0, for any gradient, or its largest norm");
}
}  // namespace detail

/// Trains a model: step(progress, batch) runs the model, with batch.training() so that layers that
/// behave otherwise in evaluation know it, and the objective, leaves gradients in the model and
/// returns the loss; tell(state) is called after every batch. Returns seconds spent. Throws
/// shape_error if the network cannot read the set, value_error for an empty set, for options out of
/// range and when a loss is not finite.
template <class Model, class Optimiser, class Step, class Tell>
double fit(Model& model, Optimiser& optimiser, const io::labelled_images& set,
           const fit_options& options, Step step, Tell tell) {
  check_images(set, model.input());
  detail::check_options(options);
  const auto start = std::chrono::steady_clock::now();
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    fit_state state{epoch, options.epochs, 0, set.count, 0, 0};
    double sum = 0;
    for_each_batch(set, shuffled(set.count, options.seed, epoch), options.batch, [&](batch& b) {
      b.seed = options.seed;
      b.epoch = epoch;
      const double progress =
          (epoch + static_cast<double>(state.samples) / static_cast<double>(set.count)) /
          options.epochs;
      const double loss = step(progress, b), rate = options.rate(progress);
      if (!std::isfinite(loss))
        throw value_error("kd: the loss is not finite in epoch " + std::to_string(epoch + 1) +
                          " after " + std::to_string(state.samples) +
                          " samples, at learning rate " + kd::detail::shortest(rate) +
                          "; lower the rate or clip the gradient");
      if (options.clip > 0) nn::clip_by_norm(model.gradients(), options.clip);
      optimiser.step(rate, model.parameters(), model.gradients());
      sum += loss * static_cast<double>(b.size());
      state.samples += b.size();
      state.loss = sum / static_cast<double>(state.samples);
      state.progress =
          (epoch + static_cast<double>(state.samples) / static_cast<double>(set.count)) /
          options.epochs;
      tell(state);
    });
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The fraction of samples whose largest logit is at their label. Throws shape_error if the network
/// cannot read the set, value_error for an empty set, a label without a logit, or a size below 1.
template <class Model>
double accuracy(Model& model, const io::labelled_images& set, std::int64_t size = 256) {
  check_images(set, model.input());
  check_labels(set, model.output_shape("logits").channels);
  std::vector<std::int64_t> order(static_cast<std::size_t>(set.count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::int64_t right = 0;
  for_each_batch(set, order, size, [&](const batch& b) {
    model.forward(b.images.data(), b.size());
    const auto logits = model.output("logits");
    for (std::int64_t i = 0; i < b.size(); ++i) {
      const float* row = logits.data + i * logits.strides[0];
      right += std::max_element(row, row + logits.extents[1]) - row ==
               b.labels[static_cast<std::size_t>(i)];
    }
  });
  return static_cast<double>(right) / static_cast<double>(set.count);
}

}  // namespace kd::train
