// SPDX-License-Identifier: MIT
// The training loop: shuffled batches through a step, parameters along its gradients. All else is a
// callback.
#pragma once
#include <chrono>
#include <cmath>
#include <string>

#include <kd/schedule/schedule.hpp>
#include <kd/train/accuracy.hpp>
#include <kd/train/batches.hpp>
#include <kd/train/callbacks.hpp>
#include <kd/train/clip.hpp>
#include <kd/train/diverged.hpp>
#include <kd/train/fit_state.hpp>

namespace kd::train {

struct fit_options {
  std::int64_t epochs = 5;   // 0 or more
  std::int64_t batch = 128;  // 1 or more
  schedule rate = 0.05;      // of progress through the whole training
  double clip = 0;           // largest norm of the gradient; 0: not clipped
  std::uint64_t seed = 0;    // of the order of samples, and of all that is random in training
  bool drop_last = false;    // leave out what is left of an epoch's order behind whole batches
};

namespace detail {

inline double progress_of(const fit_state& s) {
  if (s.epoch >= s.epochs) return s.epochs == 0 ? 0 : 1;
  return (static_cast<double>(s.epoch) +
          static_cast<double>(s.samples) / static_cast<double>(s.of_samples)) /
         static_cast<double>(s.epochs);
}

/// The samples of an epoch. Throws value_error if there are none, or if the last batch is smaller
/// than a model's least.
inline std::int64_t samples_of_epoch(const fit_options& options, std::int64_t count,
                                     std::int64_t least) {
  const std::int64_t rest = count % options.batch;
  if (options.drop_last && count < options.batch)
    throw value_error("kd: with drop_last nothing is left of " + std::to_string(count) +
                      " samples in batches of " + std::to_string(options.batch) +
                      "; take smaller batches");
  if (options.drop_last) return count - rest;
  if (rest != 0 && rest < least)
    throw value_error("kd: in batches of " + std::to_string(options.batch) + " the last of " +
                      std::to_string(count) + " samples has " + std::to_string(rest) +
                      ", and the model cannot train on fewer than " + std::to_string(least) +
                      "; take another batch size, or set drop_last");
  return count;
}

/// The fewest samples that a model trains on at a time, if it says so.
template <class Model>
std::int64_t least_batch(const Model& model) {
  if constexpr (requires { model.least_batch(); }) return model.least_batch();
  else return 1;
}

/// Checks that a state, new or loaded, fits a training, and fills in what follows from its options.
inline void begin(fit_state& state, const fit_options& options, std::int64_t count,
                  std::int64_t least) {
  if (options.epochs < 0)
    throw value_error("kd: epochs is " + std::to_string(options.epochs) + "; it must be 0 or more");
  check_batch_size(options.batch);
  check_clip("clip", options.clip);
  const std::int64_t samples = samples_of_epoch(options, count, least);
  if (state.of_samples != 0 && state.of_samples != samples)
    throw value_error("kd: the training began with " + std::to_string(state.of_samples) +
                      " samples and cannot go on with " + std::to_string(samples) +
                      "; give it the set that it began with, and with drop_last the batch size, "
                      "or a new fit_state");
  state.epochs = options.epochs;
  state.of_samples = samples;
  state.progress = progress_of(state);
  state.stop = false;
}

/// Goes to the next epoch if this one has ended; false if there is none.
inline bool begin_epoch(fit_state& s) {
  if (s.epoch_ended) ++s.epoch, s.samples = 0, s.loss_sum = 0, s.epoch_ended = false;
  s.progress = progress_of(s);
  return s.epoch < s.epochs;
}

inline void count_batch(fit_state& s, std::int64_t samples, double loss, double seconds) {
  s.samples += samples;
  s.steps += 1;
  s.seconds += seconds;
  s.loss_sum += loss * static_cast<double>(samples);
  s.loss = s.loss_sum / static_cast<double>(s.samples);
  s.progress = progress_of(s);
}

}  // namespace detail

/// Trains a model from where `state` is, which is the beginning if it is new: step(progress, batch)
/// runs the model, with batch.training() so that layers that behave otherwise in evaluation know
/// it, and the objective, leaves gradients in the model and returns the loss. Callbacks are told in
/// their order. A state that was saved and loaded, with the model's and the optimiser's, goes on to
/// the same bits. Throws shape_error if the network cannot read the set, value_error for an empty
/// set, options out of range or a last batch that is too small for the model, and diverged when
/// loss or gradient is not finite.
template <class Model, class Optimiser, class Step, class... Callbacks>
void fit(Model& model, Optimiser& optimiser, const io::labelled_images& set,
         const fit_options& options, fit_state& state, Step&& step, Callbacks&&... callbacks) {
  using clock = std::chrono::steady_clock;
  (detail::check_callback<Callback<Callbacks>, Callbacks>(), ...);
  check_images(set, model.input());
  detail::begin(state, options, set.count, detail::least_batch(model));
  batch b;
  const auto check = [&](bool finite, const char* what) {
    if (!finite)
      detail::fail_diverged(state, what,
                            {first_not_finite(model, b.images), first_not_finite(callbacks)...});
  };
  (detail::before_training(callbacks, state), ...);
  while (!state.stop && detail::begin_epoch(state)) {
    auto order = shuffled(set.count, options.seed, state.epoch);
    order.resize(static_cast<std::size_t>(state.of_samples));
    while (!state.stop && state.samples < state.of_samples) {
      const auto start = clock::now();
      take_batch(b, set, order, state.samples, options.batch, options.seed, state.epoch);
      state.rate = options.rate(state.progress);
      const double loss = step(state.progress, b);
      check(std::isfinite(loss), "loss");
      check(detail::clip_gradients(model, options.clip), "gradient");
      (detail::before_step(callbacks, state), ...);
      optimiser.step(state.rate, model.parameters(), model.gradients());
      check(detail::all_finite(model.parameters()), "model behind the step");
      const std::chrono::duration<double> spent = clock::now() - start;
      detail::count_batch(state, b.size(), loss, spent.count());
      (detail::after_batch(callbacks, state), ...);
    }
    if (state.stop) break;
    state.epoch_ended = true;
    (detail::after_epoch(callbacks, state), ...);
  }
  (detail::after_training(callbacks, state), ...);
}

/// The same from a temporary state, as in `fit(model, optimiser, set, options, {}, step)`; returns
/// the state at the end.
template <class Model, class Optimiser, class Step, class... Callbacks>
fit_state fit(Model& model, Optimiser& optimiser, const io::labelled_images& set,
              const fit_options& options, fit_state&& state, Step&& step,
              Callbacks&&... callbacks) {
  fit(model, optimiser, set, options, state, step, callbacks...);
  return state;
}

}  // namespace kd::train
