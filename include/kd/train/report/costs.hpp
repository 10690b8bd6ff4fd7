// SPDX-License-Identifier: MIT
// What accuracy costs: memory and time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/train/report/curves.hpp>

namespace kd::train::detail {

/// Accuracy against a cost above 0, one marker for each model that has it.
template <class Cost>
std::string accuracy_against(const run_report& r, Cost cost, const std::string& what,
                             const std::string& caption) {
  std::vector<double> costs, accuracies;
  for (const report_model* m : models_of(r))
    if (cost(*m) > 0) costs.push_back(cost(*m)), accuracies.push_back(m->result.accuracy);
  if (costs.empty()) return {};
  plot_axis y = axis_around("accuracy", accuracies);
  y.is_percent = true;
  plot chart(logarithmic_axis(what, costs), y, "Accuracy against " + what, 108);
  int series = 0;
  for (const report_model* m : models_of(r)) {
    const double x = chart.place_x(cost(*m)), at = chart.place_y(m->result.accuracy);
    if (cost(*m) > 0) {
      chart.add(marker(series, x, at, m->name));
      chart.words(series, x + 8, at, cut_to(m->name, 17));
    }
    ++series;
  }
  return figure(chart.end(), caption);
}

inline std::string costs_section(const run_report& r) {
  const auto bytes = [](const report_model& m) { return static_cast<double>(m.bytes); };
  const auto latency = [](const report_model& m) { return m.latency_us; };
  std::string charts = accuracy_against(r, bytes, "bytes of parameters",
                                        "<b>Accuracy against size</b>, whose axis is "
                                        "logarithmic.") +
                       accuracy_against(r, latency, "\xc2\xb5s for an image",
                                        "<b>Accuracy against latency</b> of one image alone, "
                                        "median; the axis is logarithmic.");
  if (charts.empty()) return {};
  return "<section><h2>Costs</h2><div class=\"charts\">" + charts + "</div></section>";
}

}  // namespace kd::train::detail
