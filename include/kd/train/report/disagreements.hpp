// SPDX-License-Identifier: MIT
// The images that are worth a look: those on which the models disagree.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/train/check_set.hpp>
#include <kd/train/report/run_report.hpp>

namespace kd::train {

/// Up to `most` images of the test set on which the three models of a report do not all predict the
/// same, by turns of each way in which some are right and others wrong, in the set's order. Of
/// several channels the mean is shown. Throws shape_error unless each model has a prediction for
/// each sample.
inline std::vector<report_image> disagreements(const run_report& r, const io::labelled_images& set,
                                               std::size_t most = 24) {
  check_set(set);
  for (const report_model* m : detail::models_of(r))
    if (m->result.predicted.size() != set.labels.size())
      throw shape_error("kd: model '" + m->name + "' has " +
                        std::to_string(m->result.predicted.size()) + " predictions for a set of " +
                        std::to_string(set.labels.size()) + "; pass the set that it was tested on");
  std::array<std::vector<std::size_t>, 8> found;  // by who is right: one bit for each model
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    const int teacher = r.teacher.result.predicted[i], alone = r.alone.result.predicted[i],
              distilled = r.distilled.result.predicted[i], label = set.labels[i];
    if (teacher == alone && alone == distilled) continue;
    found[static_cast<std::size_t>((teacher == label) + 2 * (alone == label) +
                                   4 * (distilled == label))]
        .push_back(i);
  }
  std::vector<std::size_t> chosen;
  for (std::size_t turn = 0; turn < set.labels.size() && chosen.size() < most; ++turn)
    for (std::size_t who :
         {4u, 2u, 5u, 3u, 6u, 1u, 0u})  // what tells most about the students first
      if (turn < found[who].size() && chosen.size() < most) chosen.push_back(found[who][turn]);

  std::vector<report_image> images;
  const auto channels = static_cast<std::size_t>(set.channels);
  const std::size_t places = static_cast<std::size_t>(set.height * set.width);
  for (std::size_t i : chosen) {
    report_image image{static_cast<std::int64_t>(i),
                       static_cast<int>(set.height),
                       static_cast<int>(set.width),
                       {},
                       set.labels[i],
                       r.teacher.result.predicted[i],
                       r.alone.result.predicted[i],
                       r.distilled.result.predicted[i]};
    for (std::size_t p = 0; p < places; ++p) {
      float sum = 0;
      for (std::size_t c = 0; c < channels; ++c) sum += set.pixels[(i * places + p) * channels + c];
      const float grey = std::clamp(sum / static_cast<float>(channels), 0.0f, 1.0f);
      image.pixels.push_back(static_cast<std::uint8_t>(std::lround(grey * 255)));
    }
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace kd::train
