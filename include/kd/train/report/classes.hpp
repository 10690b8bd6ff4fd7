// SPDX-License-Identifier: MIT
// What was taken for what: confusion matrices, the mistakes that are made most, F1 by class.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/train/report/curves.hpp>
#include <kd/train/report/reliability.hpp>

namespace kd::train::detail {

/// A class and how much better the distilled student's F1 is than that of the one alone.
struct class_gain {
  int label;
  double f1;
};
/// All classes, the largest gain first.
inline std::vector<class_gain> gains_of(const run_report& r) {
  std::vector<class_gain> gains;
  const auto &with = r.distilled.result.per_class, &without = r.alone.result.per_class;
  for (std::size_t c = 0; c < std::min(with.size(), without.size()); ++c)
    gains.push_back({static_cast<int>(c), with[c].f1 - without[c].f1});
  std::stable_sort(gains.begin(), gains.end(), [](auto& a, auto& b) { return a.f1 > b.f1; });
  return gains;
}

/// A matrix whose tints are shares of a label's samples; zeros are left blank. More than 20 classes
/// have no numbers in their cells, and as many beside them as there is room for.
inline std::string matrix_of(const run_report& r, const report_model& m) {
  const confusion_matrix& counts = m.result.confusion;
  const int n = counts.classes();
  const bool named = !r.classes.empty() && n <= 20;
  const double number_width = 6.2 * static_cast<double>(std::to_string(n - 1).size());
  const double left = named ? 96 : std::max(26.0, number_width + 8);
  const double top = 18, cell = (380 - left) / n;
  const double letters = std::min(11.0, cell * 0.4);
  const int every = n <= 20 ? 1 : static_cast<int>(std::ceil((number_width + 4) / cell));
  std::string svg = "<svg class=\"matrix\" viewBox=\"0 0 380 " + fixed(top + cell * n + 2, 0) +
                    "\" role=\"img\" aria-label=\"Confusion matrix of the " + escaped(m.name) +
                    "\"><rect class=\"bg\" x=\"" + fixed(left, 1) + "\" y=\"18\" width=\"" +
                    fixed(cell * n, 1) + "\" height=\"" + fixed(cell * n, 1) + "\"/>";
  for (int label = 0; label < n; ++label) {
    const double y = top + cell * label, middle = y + cell / 2 + 4;
    const std::string number = std::to_string(label);
    if (label % every == 0) {
      const std::string name =
          named ? cut_within(name_of_class(r, label), 12) + " " + number : number;
      svg += "<text class=\"t e\" x=\"" + fixed(left - 5, 1) + "\" y=\"" + fixed(middle, 1) +
             "\">" + escaped(name) + "</text><text class=\"t c\" x=\"" +
             fixed(left + cell * (label + 0.5), 1) + "\" y=\"13\">" + number + "</text>";
    }
    const auto samples = static_cast<double>(counts.labelled(label));
    for (int as = 0; as < n; ++as) {
      const std::int64_t count = counts(label, as);
      if (count == 0) continue;
      const double x = left + cell * as, tint = std::sqrt(static_cast<double>(count) / samples);
      svg += std::string("<rect class=\"") + (as == label ? "right" : "wrong") + "\" x=\"" +
             fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\" width=\"" + fixed(cell, 1) +
             "\" height=\"" + fixed(cell, 1) + "\" fill-opacity=\"" + fixed(tint, 2) +
             "\"><title>" + escaped(name_of_class(r, label)) + " taken for " +
             escaped(name_of_class(r, as)) + ": " + std::to_string(count) + "</title></rect>";
      if (n <= 20)
        svg += std::string("<text class=\"n") + (tint > 0.75 ? " over" : "") + "\" x=\"" +
               fixed(x + cell / 2, 1) + "\" y=\"" + fixed(y + cell / 2 + letters * 0.36, 1) +
               "\" style=\"font-size:" + fixed(letters, 1) + "px\">" + std::to_string(count) +
               "</text>";
    }
  }
  return svg + "</svg>";
}

/// The mistakes that the three models make most, in a table.
inline std::string mistakes_of(const run_report& r) {
  struct mistake {
    int label, as;
    std::int64_t count;
  };
  std::vector<mistake> all;
  const int n = class_count(r);
  for (int label = 0; label < n; ++label)
    for (int as = 0; as < n; ++as) {
      std::int64_t count = 0;
      for (const report_model* m : models_of(r)) count += m->result.confusion(label, as);
      if (label != as && count > 0) all.push_back({label, as, count});
    }
  if (all.empty()) return {};
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.count > b.count; });
  all.resize(std::min<std::size_t>(all.size(), 8));
  std::string out = "<figure><table><thead><tr><th>taken for</th>";
  for (const report_model* m : models_of(r)) out += "<th>" + escaped(m->name) + "</th>";
  out += "</tr></thead><tbody>";
  for (const mistake& m : all) {
    out += "<tr><th>" + escaped(name_of_class(r, m.label)) + " \xe2\x86\x92 " +
           escaped(name_of_class(r, m.as)) + "</th>";
    for (const report_model* model : models_of(r))
      out += "<td>" + grouped(model->result.confusion(m.label, m.as)) + "</td>";
    out += "</tr>";
  }
  return out + "</tbody></table><figcaption><b>Mistakes made most</b> by the three together: " +
         "label \xe2\x86\x92 prediction.</figcaption></figure>";
}

/// Bars to the right where the distilled student is better, hollow ones to the left where worse.
inline std::string gains_chart(const run_report& r) {
  std::vector<class_gain> gains = gains_of(r);
  constexpr std::size_t most = 15;  // of either end
  const bool is_cut = gains.size() > 2 * most;
  if (is_cut) gains.erase(gains.begin() + most, gains.end() - static_cast<std::ptrdiff_t>(most));
  double widest = 0.001;
  for (const class_gain& g : gains) widest = std::max(widest, std::abs(g.f1));
  constexpr double middle = 232, reach = 96, step = 21;
  const double height = step * static_cast<double>(gains.size()) + 6;
  std::string svg = "<svg viewBox=\"0 0 380 " + fixed(height, 0) +
                    "\" role=\"img\" aria-label=\"Differences of F1 by class\">"
                    "<path class=\"a\" d=\"M232 0V" +
                    fixed(height, 0) + "\"/>";
  double y = 3;
  for (const class_gain& g : gains) {
    const double length = std::abs(g.f1) / widest * reach, to_left = g.f1 < 0 ? length : 0;
    const double end = middle + (g.f1 < 0 ? -length - 5 : length + 5);
    svg += "<text class=\"t e\" x=\"92\" y=\"" + fixed(y + 13, 1) + "\">" +
           escaped(cut_within(name_of_class(r, g.label), 13)) + "</text><rect class=\"" +
           (g.f1 < 0 ? "loss" : "gain") + "\" x=\"" + fixed(middle - to_left, 1) + "\" y=\"" +
           fixed(y + 1, 1) + "\" width=\"" + fixed(length, 1) +
           "\" height=\"16\"/><text class=\"w" + (g.f1 < 0 ? " e" : "") + "\" x=\"" +
           fixed(end, 1) + "\" y=\"" + fixed(y + 13, 1) + "\">" + with_sign(100 * g.f1, 1) +
           "</text>";
    y += step;
  }
  const std::string cut = is_cut ? " The 15 classes at either end are shown." : "";
  return figure(svg + "</svg>",
                "<b>F1 by class</b>, distilled less alone, in points: bars to the "
                "right are gains, hollow ones to the left losses." +
                    cut);
}

inline std::string classes_section(const run_report& r) {
  if (class_count(r) == 0) return {};
  std::string matrices;
  for (const report_model* m : models_of(r))
    matrices += figure(matrix_of(r, *m),
                       "<b>" + escaped(m->name) + "</b>: rows are labels, columns predictions.");
  return "<section><h2>Classes and confidence</h2><div class=\"charts\">" + gains_chart(r) +
         mistakes_of(r) + reliability_of(r) +
         "</div></section><section><h2>Confusion matrices</h2><div class=\"charts\">" + matrices +
         "</div></section>";
}

}  // namespace kd::train::detail
