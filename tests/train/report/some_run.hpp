// SPDX-License-Identifier: MIT
// A small run that was never made.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include <kd/train/report.hpp>

/// Scores of predictions, each of which is sure.
inline kd::train::scores scores_of_predictions(const std::vector<int>& predicted,
                                               const std::vector<int>& labels, int classes) {
  std::vector<double> logits(predicted.size() * static_cast<std::size_t>(classes));
  for (std::size_t i = 0; i < predicted.size(); ++i)
    logits[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(predicted[i])] = 3;
  const auto count = static_cast<std::int64_t>(labels.size());
  return kd::train::scores_of(kd::tensor(logits.data(), {count, classes}), labels);
}

/// Without the characters that are no letters of ASCII.
inline std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "\xe2\x88\x92") == 0) out += '-', i += 2;
    else if (text.compare(i, 2, "\xc2\xa0") == 0) ++i;
    else out += text[i];
  }
  return out;
}

/// 100 samples of 4 classes; the student alone takes 20 of class 0 for 1, the distilled one as many
/// as are said, and 2 of class 3 for 2.
inline kd::train::run_report some_run(int distilled_mistakes = 4) {
  kd::train::run_report r;
  std::vector<int> alone, distilled;
  for (int i = 0; i < 100; ++i) {
    const int label = i % 4, place = i / 4;
    r.labels.push_back(label);
    alone.push_back(label == 0 && place < 20 ? 1 : label);
    distilled.push_back(label == 0 && place < distilled_mistakes ? 1
                        : label == 3 && place < 2                ? 2
                                                                 : label);
  }
  r.title = "A run";
  r.command = "distill --seed 1";
  r.teacher.result = scores_of_predictions(r.labels, r.labels, 4);
  r.alone.result = scores_of_predictions(alone, r.labels, 4);
  r.distilled.result = scores_of_predictions(distilled, r.labels, 4);
  r.teacher.loss = {1, 0.5, 0.25}, r.teacher.accuracy = {0.5, 0.7, 1};
  r.alone.loss = {2, 1}, r.alone.accuracy = {0.5, 0.8};
  r.distilled.loss = {3, 2}, r.distilled.accuracy = {0.6, 0.94};
  for (auto* m : {&r.teacher, &r.alone, &r.distilled}) {
    m->parameters = m == &r.teacher ? 422000 : 26000;
    m->bytes = 4 * m->parameters;
    m->flops = 20 * m->parameters;
    m->latency_us = m == &r.teacher ? 200 : 40;
    m->seconds = 10;
  }
  r.schedules = {{"temperature", {8, 6, 4, 2}}, {"alpha", {0.9}}};
  r.images = {{7, 2, 2, {0, 100, 200, 255}, 0, 0, 1, 0}};
  return r;
}
