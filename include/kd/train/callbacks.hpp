// SPDX-License-Identifier: MIT
// What a loop tells while it runs. A callback is any object with some of
//   before_training(state)  before_step(state)  after_batch(state)  after_epoch(state)
//   after_training(state)
// or a function of the state, which is called after every batch. before_step is told when the
// gradients are there and nothing has learnt from them yet. A callback with first_not_finite() is
// asked, when a training diverges, what it knows of the cause: see diverged.hpp.
#pragma once
#include <type_traits>

#include <kd/train/fit_state.hpp>

namespace kd::train {

/// What fit can tell something.
template <class T>
concept Callback = std::is_invocable_v<T&, fit_state&> || requires(T& t, fit_state& state) {
  t.before_training(state);
} || requires(T& t, fit_state& state) {
  t.before_step(state);
} || requires(T& t, fit_state& state) {
  t.after_batch(state);
} || requires(T& t, fit_state& state) {
  t.after_epoch(state);
} || requires(T& t, fit_state& state) { t.after_training(state); };

namespace detail {

template <class T>
void before_training(T& callback, fit_state& state) {
  if constexpr (requires { callback.before_training(state); }) callback.before_training(state);
}
template <class T>
void before_step(T& callback, fit_state& state) {
  if constexpr (requires { callback.before_step(state); }) callback.before_step(state);
}
template <class T>
void after_batch(T& callback, fit_state& state) {
  if constexpr (requires { callback.after_batch(state); }) callback.after_batch(state);
  else if constexpr (std::is_invocable_v<T&, fit_state&>) callback(state);
}
template <class T>
void after_epoch(T& callback, fit_state& state) {
  if constexpr (requires { callback.after_epoch(state); }) callback.after_epoch(state);
}
template <class T>
void after_training(T& callback, fit_state& state) {
  if constexpr (requires { callback.after_training(state); }) callback.after_training(state);
}

template <bool IsCallback, class T>
constexpr void check_callback() {
  static_assert(IsCallback,
                "kd: a callback of fit is a function of fit_state&, or has before_training, "
                "before_step, after_batch, after_epoch or after_training of one; the type that has "
                "none of them stands in 'check_callback<...>'");
}

}  // namespace detail
}  // namespace kd::train
