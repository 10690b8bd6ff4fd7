// SPDX-License-Identifier: MIT
#include <kd/train/report/plot.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/catch.hpp"

namespace detail = kd::train::detail;

TEST_CASE("plot: ticks are round numbers within the axis, a few of them, whatever its range") {
  for (double low : {-3.0, 0.0, 1e-9, 0.123, 17.0, 1e17})
    for (double length : {1e-12, 1e-3, 0.7, 1.0, 9.99, 1e6, 1e90}) {
      detail::plot_axis axis{"x", low, low + length};
      if (!(axis.low < axis.high)) continue;
      const auto ticks = detail::ticks_of(axis);
      CAPTURE(low, length);
      CHECK(ticks.size() <= 12);
      if (low < 1e10) CHECK(ticks.size() >= 2);
      for (double t : ticks) CHECK((t >= low - 1e-6 * length && t <= low + 1.000001 * length));
    }
  detail::plot_axis unit{"x", 0, 1};
  CHECK(detail::ticks_of(unit).size() == 6);
  CHECK(unit.text(0.2) == "0.2");
  unit.is_percent = true;
  CHECK(detail::ticks_of(unit).size() == 6);
  CHECK(unit.text(0.2) == "20\xc2\xa0%");
  detail::plot_axis epochs{"epoch", 0.9, 2.1};
  epochs.is_whole = true;
  CHECK(detail::ticks_of(epochs) == std::vector<double>{1, 2});
}

TEST_CASE("plot: axes around numbers, some of which are none") {
  const auto axis = detail::axis_around("x", {NAN, 2, INFINITY, 4});
  CHECK(axis.low < 2);
  CHECK(axis.high > 4);
  CHECK(axis.high < 5);
  for (const std::vector<double>& few : {std::vector<double>{}, {NAN}, {0}, {5}, {-1e-300}}) {
    const auto narrow = detail::axis_around("x", few);
    CHECK(narrow.low < narrow.high);
  }
  auto sizes = detail::logarithmic_axis("bytes", {1e5, 1e5});
  CHECK(detail::ticks_of(sizes).size() >= 1);
  CHECK(sizes.share(1e5) == Approx(0.5));
  CHECK(detail::logarithmic_axis("x", {}).low > 0);
}

TEST_CASE("plot: lines are broken where a number is none; dashes, markers and words differ") {
  detail::plot chart({"x", 0, 4}, {"y", 0, 4}, "a < b");
  chart.line(1, {0, 1, 2, 3}, {1, 2, NAN, 4}, "alone");
  chart.words(0, 300, 100, "one");
  chart.words(1, 300, 101, "two <b>");
  const std::string svg = chart.end();
  CHECK(svg.find("aria-label=\"a &lt; b\"") != std::string::npos);
  CHECK(svg.find("nan") == std::string::npos);
  const std::size_t path = svg.find("<path class=\"l s1\" d=\"M");
  REQUIRE(path != std::string::npos);
  const std::string line = svg.substr(path, svg.find("/>", path) - path);
  CHECK(std::count(line.begin(), line.end(), 'M') == 2);
  CHECK(std::count(line.begin(), line.end(), 'L') == 1);
  CHECK(svg.find("y=\"104.0\">one") != std::string::npos);
  CHECK(svg.find("y=\"118.0\">two &lt;b&gt;") != std::string::npos);
  CHECK(detail::marker(0, 1, 1) != detail::marker(1, 1, 1));
  CHECK(detail::marker(2, 1, 1).find("<path") != std::string::npos);
}
