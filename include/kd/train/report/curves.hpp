// SPDX-License-Identifier: MIT
// What changed while training: loss, accuracy, schedules.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <kd/train/report/plot.hpp>
#include <kd/train/report/run_report.hpp>
#include <kd/train/report/text.hpp>

namespace kd::train::detail {

/// Words that fit beside a chart.
inline std::string cut_to(const std::string& text, std::size_t letters) {
  std::size_t seen = 0, at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;  // of UTF-8
    if (begins && seen++ == letters) return text.substr(0, at) + "\xe2\x80\xa6";
  }
  return text;
}

/// The same for names that may differ at their end: the middle goes.
inline std::string cut_within(const std::string& text, std::size_t letters) {
  std::size_t seen = 0, at = text.size();
  if (cut_to(text, letters) == text) return text;
  while (at > 0 && seen < letters / 3)
    if ((static_cast<unsigned char>(text[--at]) & 0xc0) != 0x80) ++seen;
  return cut_to(text, letters - seen - 1) + text.substr(at);
}

inline std::string figure(const std::string& svg, const std::string& caption) {
  return "<figure>" + svg + "<figcaption>" + caption + "</figcaption></figure>";
}

inline std::vector<double> counted_from_1(std::size_t count) {
  std::vector<double> numbers;
  for (std::size_t i = 1; i <= count; ++i) numbers.push_back(static_cast<double>(i));
  return numbers;
}

/// Whether all numbers are above 0 and the largest is so many times the smallest.
inline bool spans_more_than(double times, const std::vector<double>& numbers) {
  double low = INFINITY, high = 0;
  for (double n : numbers)
    if (std::abs(n) < 1e100) low = std::min(low, n), high = std::max(high, n);
  return low > 0 && high > times * low;
}

/// The curves of the three models over their epochs; nothing if there are none.
inline std::string curves_of(const run_report& r, std::vector<double> report_model::*values,
                             const std::string& what, bool is_percent, const std::string& caption) {
  std::vector<double> all;
  std::size_t epochs = 0;
  for (const report_model* m : models_of(r)) {
    all.insert(all.end(), (m->*values).begin(), (m->*values).end());
    epochs = std::max(epochs, (m->*values).size());
  }
  if (epochs == 0) return {};
  plot_axis x = axis_around("epoch", counted_from_1(epochs)), y = axis_around(what, all);
  x.is_whole = true, y.is_percent = is_percent;
  const bool is_wide = !is_percent && spans_more_than(100, all);
  if (is_wide) y = logarithmic_axis(what, all);
  plot chart(x, y, what + " of the three models over epochs");
  int series = 0;
  for (const report_model* m : models_of(r)) {
    const std::vector<double>& ys = m->*values;
    chart.line(series, counted_from_1(ys.size()), ys, m->name);
    if (!ys.empty())
      chart.words_behind(series, chart.place_x(static_cast<double>(ys.size())),
                         chart.place_y(ys.back()), cut_to(m->name, 17));
    ++series;
  }
  return figure(chart.end(), caption + (is_wide ? " The axis is logarithmic." : ""));
}

/// A small chart of one line, of the distilled student.
inline std::string small_chart(const std::string& name, const plot_axis& x,
                               const std::vector<double>& xs, const std::vector<double>& values,
                               const std::string& over) {
  plot chart(x, axis_around(name, values), name + over, 20);
  chart.line(2, xs, values, name, false);
  std::string caption = "<b>" + escaped(name) + "</b>, from " + compact(values.front()) + " to " +
                        compact(values.back());
  const double most = *std::max_element(values.begin(), values.end());
  if (most > std::max(values.front(), values.back())) caption += ", at most " + compact(most);
  return figure(chart.end(), caption);
}

/// A small chart for each schedule over the training's progress.
inline std::string schedules_of(const run_report& r) {
  std::string out;
  plot_axis x{"progress of the training", 0, 1};
  x.is_percent = true;
  for (const report_schedule& s : r.schedules) {
    std::vector<double> values = s.values, xs;
    if (values.size() == 1) values.push_back(values[0]);
    for (std::size_t i = 0; i < values.size(); ++i)
      xs.push_back(s.until * static_cast<double>(i) / static_cast<double>(values.size() - 1));
    if (!values.empty()) out += small_chart(s.name, x, xs, values, " over the training");
  }
  return out;
}

/// A small chart for each term of the distilled student's objective over epochs.
inline std::string terms_section(const run_report& r) {
  std::string charts;
  for (const report_term& t : r.distilled.terms) {
    if (t.values.empty()) continue;
    const std::vector<double> xs = counted_from_1(t.values.size());
    plot_axis x = axis_around("epoch", xs);
    x.is_whole = true;
    charts += small_chart(t.name, x, xs, t.values, " over epochs");
  }
  if (charts.empty()) return {};
  return "<section><h2>Terms of the distilled student's objective, times their weights</h2><div "
         "class=\"charts\">" +
         charts + "</div></section>";
}

inline std::string curves_section(const run_report& r) {
  const std::string charts =
      curves_of(r, &report_model::loss, "loss", false,
                "<b>Loss</b> while training. Each model is shown with the loss that it was trained "
                "on: heights of different objectives cannot be compared.") +
      curves_of(r, &report_model::accuracy, "accuracy", true,
                "<b>Accuracy</b> on the " + escaped(r.accuracy_of) + " behind each epoch.");
  const std::string schedules = schedules_of(r);
  if (charts.empty() && schedules.empty()) return {};
  return "<section><h2>Training, and schedules as they ran</h2><div class=\"charts\">" + charts +
         schedules + "</div></section>";
}

}  // namespace kd::train::detail
