// SPDX-License-Identifier: MIT
// A training whose numbers are no longer finite: where it was, and what it was first seen in.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include <kd/error.hpp>
#include <kd/nn/layer.hpp>
#include <kd/schedule/shortest.hpp>
#include <kd/train/fit_state.hpp>

namespace kd::train {

/// Thrown by fit before a step that is not finite is made, so that the parameters are those of the
/// step before; or behind the step that made them not finite.
struct diverged : value_error {
  diverged(const std::string& sentence, const fit_state& state, std::string what)
      : value_error(sentence), at(state), where(std::move(what)) {}

  fit_state at;       // epoch, steps made, and the rate of the step that was not
  std::string where;  // "the parameters of layer 'conv1'"; empty if nothing is known
};

namespace detail {

template <class Numbers>
bool all_finite(const Numbers& numbers) {
  bool finite = true;
  for (const auto x : numbers) finite &= std::isfinite(x);  // to its end: in lanes
  return finite;
}

/// The values of a layer on the last batch, however its axes lie: its memory is contiguous.
template <class View>
auto values_of(const View& view, std::int64_t size) {
  return std::span(view.data, static_cast<std::size_t>(size));
}

}  // namespace detail

/// The first place of a model that is not finite, in the order of a forward: the parameters or the
/// output, on the last batch, of a layer, as in "the parameters of layer 'conv1'", or "the images".
/// Of what has a first_not_finite() of its own, what that says. Empty if all are finite, or if
/// nothing can tell.
template <class Model>
std::string first_not_finite(Model& model, std::span<const float> images = {}) {
  if (!detail::all_finite(images)) return "the images";
  if constexpr (requires { std::string(model.first_not_finite()); }) {
    return model.first_not_finite();
  } else if constexpr (requires { model.layers(), model.output_at(std::size_t{0}); }) {
    const auto layers = model.layers();
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::string name = "layer '" + nn::layer_name(layers, i) + "'";
      const auto weights =
          model.parameters().subspan(static_cast<std::size_t>(layers[i].parameter_offset),
                                     static_cast<std::size_t>(layers[i].parameters()));
      if (!detail::all_finite(weights)) return "the parameters of " + name;
      const std::int64_t size = model.batch() * layers[i].output.size();
      if (!detail::all_finite(detail::values_of(model.output_at(i), size)))
        return "the output of " + name;
    }
  }
  return {};
}

namespace detail {

/// `answers`: of each that was asked, in their order; the first that is not empty is said.
[[noreturn]] inline void fail_diverged(const fit_state& state, const char* what,
                                       std::initializer_list<std::string> answers) {
  const auto known = std::ranges::find_if(answers, [](const auto& a) { return !a.empty(); });
  const std::string where = known == answers.end() ? "" : *known;
  throw diverged("kd: the " + std::string(what) + " is not finite in epoch " +
                     std::to_string(state.epoch + 1) + ", step " + std::to_string(state.steps + 1) +
                     ", at learning rate " + kd::detail::shortest(state.rate) +
                     (where.empty() ? "" : ", and first " + where) +
                     "; lower the rate or clip the gradient",
                 state, where);
}

}  // namespace detail
}  // namespace kd::train
