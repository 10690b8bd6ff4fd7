// SPDX-License-Identifier: MIT
// Charts as inline SVG: points and lines of up to three series that differ in dashes, markers and
// the words at their ends, not in colour alone. Colours are the page's: classes s0, s1, s2.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <kd/train/report/text.hpp>

namespace kd::train::detail {

/// A range of numbers along a side of a chart.
struct plot_axis {
  std::string title;
  double low = 0, high = 1;
  bool logarithmic = false;
  int digits = -1;  // behind the point; -1: as few as needed
  bool is_percent = false, is_whole = false;

  double share(double v) const {
    if (logarithmic) return (std::log(v) - std::log(low)) / (std::log(high) - std::log(low));
    return (v - low) / (high - low);
  }
  std::string text(double v) const {
    if (is_percent) return fixed(100 * v, std::max(digits, 0)) + "\xc2\xa0%";
    if (digits >= 0 && std::abs(v) < 10000) return fixed(v, digits);
    return rounded(v);
  }
};

/// An axis that holds these numbers and some room around them.
inline plot_axis axis_around(const std::string& title, const std::vector<double>& numbers) {
  plot_axis axis{title, INFINITY, -INFINITY};
  for (double n : numbers)
    if (std::abs(n) < 1e100) axis.low = std::min(axis.low, n), axis.high = std::max(axis.high, n);
  if (!(axis.low <= axis.high)) axis.low = 0, axis.high = 1;
  const double alone = axis.high == 0 ? 1 : 0.1 * std::abs(axis.high);
  const double room = axis.high > axis.low ? 0.06 * (axis.high - axis.low) : alone;
  axis.low -= room, axis.high += room;
  return axis;
}
/// The same with proportions in place of differences: for numbers above 0.
inline plot_axis logarithmic_axis(const std::string& title, const std::vector<double>& numbers) {
  std::vector<double> logs;
  for (double n : numbers)
    if (n > 0) logs.push_back(std::log(n));
  const plot_axis axis = axis_around(title, logs);
  const double room = std::max(0.5, 0.15 * (axis.high - axis.low));
  return {title, std::exp(axis.low - room), std::exp(axis.high + room), true};
}

/// Round numbers within an axis: 3 to 6, or 1, 2, 5 times powers of ten.
inline std::vector<double> ticks_of(plot_axis& axis) {
  std::vector<double> ticks;
  if (axis.logarithmic) {
    const double decades = std::log10(axis.high / axis.low);
    for (double power = std::floor(std::log10(axis.low)); power <= std::log10(axis.high); ++power)
      for (double m : {1.0, 2.0, 5.0}) {
        const double tick = m * std::pow(10, power);
        if (tick >= axis.low && tick <= axis.high && (m == 1 || decades < 2.2))
          ticks.push_back(tick);
      }
    return ticks;
  }
  const double rough = (axis.high - axis.low) / 6.5, power = std::floor(std::log10(rough));
  double step = std::pow(10, power);
  for (double m : {2.0, 5.0, 10.0})
    if (step < rough) step = m * std::pow(10, power);
  if (axis.is_whole) step = std::max(1.0, std::round(step));
  const double shown = axis.is_percent ? step * 100 : step;
  axis.digits = std::max(0, static_cast<int>(std::ceil(-std::log10(shown) - 1e-9)));
  const double first = std::ceil(axis.low / step - 1e-9);
  for (int i = 0; i < 12 && (first + i) * step <= axis.high + 1e-9 * step; ++i)
    ticks.push_back((first + i) * step);
  return ticks;
}

/// The marker of a series: a circle, a square, a triangle.
inline std::string marker(int series, double x, double y, const std::string& tip = "") {
  const std::string px = fixed(x, 1), py = fixed(y, 1), start = "<g class=\"m s";
  std::string shape;
  if (series == 0) shape = "<circle cx=\"" + px + "\" cy=\"" + py + "\" r=\"3.4\"/>";
  else if (series == 1)
    shape = "<rect x=\"" + fixed(x - 3.1, 1) + "\" y=\"" + fixed(y - 3.1, 1) +
            "\" width=\"6.2\" height=\"6.2\"/>";
  else shape = "<path d=\"M" + px + " " + fixed(y - 4.2, 1) + "l4.1 7.2h-8.2z\"/>";
  const std::string title = tip.empty() ? "" : "<title>" + escaped(tip) + "</title>";
  return start + std::to_string(series) + "\">" + title + shape + "</g>";
}

/// A chart of 380 x 250 units, about its size in pixels on a telephone.
class plot {
 public:
  static constexpr double width = 380, height = 250;

  /// `label` says in words what the chart shows. `right` is the room for words at the lines' ends.
  plot(plot_axis x, plot_axis y, const std::string& label, double right = 126)
      : x_(std::move(x)), y_(std::move(y)), right_(right) {
    svg_ = "<svg viewBox=\"0 0 380 250\" role=\"img\" aria-label=\"" + escaped(label) + "\">";
    draw_axes();
  }

  double place_x(double v) const { return left + x_.share(v) * (width - left - right_); }
  double place_y(double v) const { return bottom() - y_.share(v) * (bottom() - top); }

  /// A line through the points, broken where one is not finite, with markers at some of them.
  void line(int series, const std::vector<double>& xs, const std::vector<double>& ys,
            const std::string& name, bool with_markers = true) {
    const std::size_t count = std::min(xs.size(), ys.size());
    std::string path, markers;
    bool joins = false;
    const std::size_t every = count <= 25 ? 1 : count / 12 + 1;
    for (std::size_t i = 0; i < count; ++i) {
      const bool finite = std::isfinite(xs[i]) && std::isfinite(ys[i]);
      if (finite) {
        const double px = place_x(xs[i]), py = place_y(ys[i]);
        path += (joins ? "L" : "M") + fixed(px, 1) + " " + fixed(py, 1);
        if (with_markers && (count - 1 - i) % every == 0)
          markers += marker(series, px, py,
                            name + ": " + x_.title + " " + compact(xs[i]) + ", " + compact(ys[i]));
      }
      joins = finite;
    }
    svg_ += "<path class=\"l s" + std::to_string(series) + "\" d=\"" + path + "\"/>" + markers;
  }
  /// Words to be set at a place, moved up or down from one another by end().
  void words(int series, double x, double y, const std::string& text) {
    if (std::isfinite(x) && std::isfinite(y)) notes_.push_back({series, x, y, text});
  }
  /// Words at the right edge, for a line that ends here; a thin line leads to them.
  void words_behind(int series, double x, double y, const std::string& text) {
    const double edge = width - right_;
    if (std::isfinite(y) && x < edge - 12)
      svg_ += "<path class=\"lead\" d=\"M" + fixed(x + 6, 1) + " " + fixed(y, 1) + "H" +
              fixed(edge, 1) + "\"/>";
    static constexpr const char* shapes[] = {"\xe2\x97\x8f ", "\xe2\x96\xa0 ",
                                             "\xe2\x96\xb2 "};  // as the markers
    words(series, edge + 6, y, shapes[series % 3] + text);
  }
  void add(const std::string& svg) { svg_ += svg; }

  std::string end() {
    std::sort(notes_.begin(), notes_.end(), [](auto& a, auto& b) { return a.y < b.y; });
    constexpr double apart = 14;
    for (std::size_t i = 1; i < notes_.size(); ++i)
      notes_[i].y = std::max(notes_[i].y, notes_[i - 1].y + apart);
    const double over = notes_.empty() ? 0 : std::max(0.0, notes_.back().y - bottom());
    for (note& n : notes_) n.y -= over;
    for (const note& n : notes_)
      svg_ += "<text class=\"w s" + std::to_string(n.series) + "\" x=\"" + fixed(n.x, 1) +
              "\" y=\"" + fixed(n.y + 4, 1) + "\">" + escaped(n.text) + "</text>";
    return svg_ + "</svg>";
  }

 private:
  static constexpr double left = 46, top = 12;
  static constexpr double bottom() { return height - 36; }

  void draw_axes() {
    for (double tick : ticks_of(y_)) {
      const std::string y = fixed(place_y(tick), 1);
      svg_ += "<path class=\"g\" d=\"M46 " + y + "H" + fixed(width - right_, 1) +
              "\"/><text class=\"t e\" x=\"41\" y=\"" + fixed(place_y(tick) + 4, 1) + "\">" +
              y_.text(tick) + "</text>";
    }
    for (double tick : ticks_of(x_))
      svg_ += "<path class=\"g\" d=\"M" + fixed(place_x(tick), 1) + " " + fixed(bottom(), 1) +
              "v4\"/><text class=\"t c\" x=\"" + fixed(place_x(tick), 1) + "\" y=\"" +
              fixed(bottom() + 16, 1) + "\">" + x_.text(tick) + "</text>";
    svg_ += "<path class=\"a\" d=\"M46 12V" + fixed(bottom(), 1) + "H" + fixed(width - right_, 1) +
            "\"/><text class=\"t c\" x=\"" + fixed((left + width - right_) / 2, 1) + "\" y=\"" +
            fixed(height - 5, 1) + "\">" + escaped(x_.title) + "</text>";
  }

  struct note {
    int series;
    double x, y;
    std::string text;
  };
  plot_axis x_, y_;
  double right_;
  std::string svg_;
  std::vector<note> notes_;
};

}  // namespace kd::train::detail
