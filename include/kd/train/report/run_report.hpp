// SPDX-License-Identifier: MIT
// What a report tells: everything that is known about a run, in plain numbers.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kd/train/scores.hpp>

namespace kd::train {

/// What a term of an objective came to, times its weight, in each epoch.
struct report_term {
  std::string name;
  std::vector<double> values;
};

/// A model that was trained and tested.
struct report_model {
  std::string name;
  std::vector<double> loss{};                         // of each epoch, while training
  std::vector<double> accuracy{};                     // behind each epoch, in [0, 1]
  scores result{};                                    // on the test samples
  std::int64_t parameters = 0, flops = 0, bytes = 0;  // flops: for one image
  double latency_us = 0;                              // for one image
  double seconds = 0;                                 // of training
  std::int64_t epoch = 0;                             // whose weights were tested, from 1
  std::optional<double> validation_accuracy{};        // of that epoch
  std::optional<double> training_accuracy{};          // on samples that it was trained on
  std::vector<report_term> terms{};                   // of its objective, if they are several
};

/// A schedule as it ran: its values at equal steps from the start of the training to where it
/// ended, which is before 1 if it was stopped early.
struct report_schedule {
  std::string name;
  std::vector<double> values;
  double until = 1;  // of the training's progress
};

/// An image and what the three models take it for.
struct report_image {
  std::int64_t sample = 0;
  int height = 28, width = 28;
  std::vector<std::uint8_t> pixels;  // (height, width), 0 black
  int label = 0, teacher = 0, alone = 0, distilled = 0;
};

/// A distillation: a teacher, and a student trained alone and with its help.
struct run_report {
  std::string title, command, date, version;  // shown as they are
  std::string accuracy_of = "test images";    // what the curves of accuracy were measured on
  report_model teacher{.name = "teacher"}, alone{.name = "student alone"},
      distilled{.name = "student distilled"};
  std::vector<std::string> classes;  // their names; a class without one is its number
  std::vector<int> labels;           // of the test samples; needed to say what may be chance
  std::vector<report_schedule> schedules;
  std::vector<report_image> images;
  std::vector<std::pair<std::string, std::string>> settings;  // name and value
};

namespace detail {

inline std::array<const report_model*, 3> models_of(const run_report& r) {
  return {&r.teacher, &r.alone, &r.distilled};
}
inline std::string name_of_class(const run_report& r, int c) {
  const auto place = static_cast<std::size_t>(c);
  return place < r.classes.size() && !r.classes[place].empty() ? r.classes[place]
                                                               : std::to_string(c);
}
inline int class_count(const run_report& r) {
  return static_cast<int>(r.distilled.result.per_class.size());
}

}  // namespace detail
}  // namespace kd::train
