// SPDX-License-Identifier: MIT
// Whether confidence can be believed.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <kd/train/report/curves.hpp>

namespace kd::train::detail {

/// How often each model was right where it was so sure; bins with hardly a sample are left out.
inline std::string reliability_of(const run_report& r) {
  plot_axis x{"confidence", 0, 1}, y{"accuracy", 0, 1};
  x.is_percent = y.is_percent = true;
  plot chart(x, y, "Reliability diagram");
  chart.add("<path class=\"ideal\" d=\"M" + fixed(chart.place_x(0), 1) + " " +
            fixed(chart.place_y(0), 1) + "L" + fixed(chart.place_x(1), 1) + " " +
            fixed(chart.place_y(1), 1) + "\"/>");
  std::string errors;
  int series = 0;
  for (const report_model* m : models_of(r)) {
    std::vector<double> confidence, accuracy;
    const std::int64_t samples = m->result.confusion.samples();
    for (const calibration_bin& bin : m->result.calibration.bins())
      if (bin.samples > 0 && bin.samples * 1000 >= samples)
        confidence.push_back(bin.confidence()), accuracy.push_back(bin.accuracy());
    chart.line(series, confidence, accuracy, m->name);
    if (!accuracy.empty())
      chart.words_behind(series, chart.place_x(confidence.back()), chart.place_y(accuracy.back()),
                         cut_to(m->name, 17));
    errors += (series == 0 ? "" : ", ") + escaped(m->name) + " " +
              percent(m->result.expected_calibration_error);
    ++series;
  }
  return figure(chart.end(),
                "<b>Reliability</b>: how often a prediction is right, by how sure the model is. "
                "Below the straight line a model is too sure; bins with less than a thousandth of "
                "the samples are left out. Expected calibration error: " +
                    errors + ".");
}

}  // namespace kd::train::detail
