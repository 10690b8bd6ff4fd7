// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/range.hpp>

namespace kd {

/// Training counted in epochs or steps: `const kd::timeline epoch(90);` makes epoch(30) the
/// progress 1/3, for breakpoints and fractions, `kd::step({{0, 0.1}, {epoch(30), 0.01}})`, and for
/// calls, `kd::at(epoch(e))`. Throws value_error unless the length is positive and finite.
class timeline {
 public:
  constexpr explicit timeline(double length) : length_(length) {
    detail::require(length, "length", "timeline(length)", detail::in::positive);
  }
  /// The progress after this many epochs or steps.
  constexpr double operator()(double position) const { return position / length_; }

 private:
  double length_;
};

}  // namespace kd
