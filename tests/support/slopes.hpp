// SPDX-License-Identifier: MIT
// Gradients against central differences, in long double: along a random direction, where the
// objective is smooth (every comparison comes out alike on both sides). What the differences leave
// out is estimated by halving the step twice; where that does not converge, nothing is said.
#pragma once
#include "support/graph_checks.hpp"

namespace kd::test {

class slopes {
 public:
  using N = bounded<long double>;

  /// g: a graph and its derivative, in which the graph's own nodes come first.
  slopes(const graph& g, const graph& differentiated, const point& at)
      : g_(g), at_(at), derivative_(differentiated, at), base_(decided(at, nullptr)) {}

  /// A sentence if the gradient of input k is wrong, else nothing.
  std::string check(int k, random_bits& r, tally& t) const {
    const graph& d = derivative_.of();
    ++t.slopes;
    std::vector<long double> direction;
    for (long double x : at_.input[k]) {
      const long double size = x == 0 || !std::isfinite(x) ? 1 : std::fabs(x);
      direction.push_back(size * (r.one_in(2) ? 1 : -1) * (8 + r.below(8)) / 16);
    }
    const N expected = along(derivative_, k, direction);
    long double slope[3], error[3];
    for (int halved = 0; halved < 3; ++halved)
      if (!difference(k, direction, std::ldexp(1.0L, -12 - halved), slope[halved], error[halved]))
        return ++t.kinks, std::string{};
    const long double rounding = error[0] + error[1] + error[2] + expected.e;
    const long double first = std::fabs(slope[0] - slope[1]),
                      second = std::fabs(slope[1] - slope[2]);
    const long double tolerance = 2 * (rounding + second);
    if (!std::isfinite(expected.v) || !(tolerance < std::numeric_limits<long double>::max()) ||
        second > first / 2 + rounding)
      return ++t.kinks, std::string{};
    const long double size = std::fmax(std::fabs(expected.v), std::fabs(base_[g_.value][0].v));
    t.vague += tolerance > 1e-3L * size;
    if (std::fabs(slope[2] - expected.v) <= tolerance) return {};
    if (bends(k, direction, std::ldexp(1.0L, -14), expected.v)) return ++t.kinks, std::string{};
    char text[160];
    std::snprintf(text, sizeof text, "gradient of %s: %.10Lg, central difference %.10Lg (+- %.2Lg)",
                  name_of(d.input[k]).c_str(), expected.v, slope[2], tolerance);
    return text;
  }

 private:
  static N along(const interpreter<N>& values, int k, const std::vector<long double>& direction) {
    const graph& d = values.of();
    N sum(0);
    std::size_t i = 0;
    values.each(d.gradient[k], axes_of(d.input[k]),
                [&](N slope) { sum = sum + slope * N(direction[i++]); });
    return sum;
  }
  point moved(int k, const std::vector<long double>& direction, long double step) const {
    point there = at_;
    for (std::size_t i = 0; i < direction.size(); ++i) there.input[k][i] += step * direction[i];
    return there;
  }
  /// Whether the derivative itself is another one a step away: tanh(x / 1e-30) is flat on both
  /// sides of 0.
  bool bends(int k, const std::vector<long double>& direction, long double step,
             long double expected) const {
    for (const long double side : {step, -step}) {
      const point there = moved(k, direction, side);
      const N slope = along(interpreter<N>(derivative_.of(), there), k, direction);
      if (!(std::fabs(slope.v - expected) <= std::fabs(expected) / 8)) return true;
    }
    return false;
  }

  const graph& g_;
  const point& at_;
  interpreter<N> derivative_;
  mutable std::uint64_t hash_ = 0;  // of the last evaluation
  interpreter<N> base_;

  static axis_set axes_of(const input_info& info) {
    axis_set axes = 0;
    for (int a = 0; a < info.rank; ++a) axes |= single(info.axis[a]);
    return axes;
  }
  /// The graph's values; hash_ says what comparisons gave.
  interpreter<N> decided(const point& at, const interpreter<N>* base) const {
    decisions all;
    recorded_decisions = &all;
    interpreter<N> values(g_, at, base);
    recorded_decisions = nullptr;
    hash_ = all.hash;
    return values;
  }
  bool difference(int k, const std::vector<long double>& direction, long double step,
                  long double& slope, long double& error) const {
    N end[2];
    decided(at_, nullptr);
    const std::uint64_t here = hash_;
    for (int side : {0, 1}) {
      const point there = moved(k, direction, side == 0 ? step : -step);
      end[side] = decided(there, &base_)[g_.value][0];
      if (hash_ != here || end[side].is_wild() || !std::isfinite(end[side].v)) return false;
    }
    slope = (end[0].v - end[1].v) / (2 * step);
    error = (end[0].e + end[1].e) / (2 * step);
    return true;
  }
};

}  // namespace kd::test
