// SPDX-License-Identifier: MIT
// What every optimiser checks: counts of parameters, and settings that have a range.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <kd/error.hpp>

namespace kd::nn::detail {

/// Makes an optimiser's state, or checks that it is of the same size.
template <class T>
void start_state(std::size_t parameters, std::vector<T>& state) {
  if (state.empty()) state.assign(parameters, T(0));
  if (state.size() != parameters)
    throw shape_error("kd: an optimiser belongs to one model; it has " +
                      std::to_string(state.size()) + " parameters and was given " +
                      std::to_string(parameters));
}

/// Checks the counts that an optimiser was given, and makes its state if it has none.
template <class T>
void check_step(std::size_t parameters, std::size_t gradients, std::vector<T>& state) {
  if (parameters != gradients)
    throw shape_error("kd: an optimiser needs as many gradients as parameters; it got " +
                      std::to_string(gradients) + " for " + std::to_string(parameters));
  start_state(parameters, state);
}

/// Throws value_error unless a setting, named as in "sgd's momentum", is inside its range.
inline void check_setting(const char* name, double value, bool inside, const char* range) {
  if (inside) return;
  char text[32];
  std::snprintf(text, sizeof text, "%g", std::isnan(value) ? std::abs(value) : value);  // not -nan
  throw value_error("kd: " + std::string(name) + " is " + text + "; it must be " + range);
}
inline void check_not_negative(const char* name, double value) {
  check_setting(name, value, value >= 0 && std::isfinite(value), "at least 0 and finite");
}
inline void check_positive(const char* name, double value) {
  check_setting(name, value, value > 0 && std::isfinite(value), "above 0 and finite");
}
/// The share of an old average that stays at each step.
inline void check_memory(const char* name, double value) {
  check_setting(name, value, value >= 0 && value < 1, "at least 0 and below 1");
}

}  // namespace kd::nn::detail
