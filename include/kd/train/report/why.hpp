// SPDX-License-Identifier: MIT
// Why the distilled student is better than the one alone, or is not: what it took from the teacher.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/train/report/classes.hpp>
#include <kd/train/report/verdict.hpp>

namespace kd::train::detail {

/// That the students were trained for different times, which may be the whole difference.
inline std::string about_epochs(const run_report& r) {
  const auto alone = static_cast<std::int64_t>(r.alone.loss.size());
  const auto with = static_cast<std::int64_t>(r.distilled.loss.size());
  if (alone == with || alone == 0 || with == 0) return {};
  return "The student alone was trained for " + grouped(alone) +
         " epochs and the distilled one for " + grouped(with) +
         ": that may be the whole difference.";
}

/// "It comes 40 % of the way", or that there was no way to go.
inline std::string about_teacher(const run_report& r) {
  const double teacher = r.teacher.result.accuracy, alone = r.alone.result.accuracy;
  const double gained = r.distilled.result.accuracy - alone, distance = teacher - alone;
  const std::string right = "The teacher is right on " + percent(teacher);
  if (distance <= 0)
    return right + ", not more often than the student alone: there was little to learn from it.";
  if (gained <= 0)
    return right + ", " + fixed(100 * distance, 2) + " points more than the student alone.";
  return right + ": the student comes " + fixed(100 * gained / distance, 0) +
         "\xc2\xa0% of the way up to it.";
}

inline std::string about_agreement(double distilled, double alone) {
  return "The distilled student predicts what the teacher does on " + percent(distilled) +
         " of the samples, the student alone on " + percent(alone) +
         (distilled <= alone
              ? ": the objective brought it no nearer to the teacher. More weight on "
                "the teacher's terms, or another loss, may."
              : ".");
}

/// What the teacher says about the samples on which one student only is right.
inline std::string about_changes(const run_report& r) {
  const paired_counts counts = paired(r);
  if (!counts.known || counts.alone + counts.distilled == 0) return {};
  return "Of the " + grouped(counts.distilled) +
         " samples that distillation gained the teacher is right on " +
         grouped(counts.teacher_right) + "; of the " + grouped(counts.alone) +
         " that it lost the teacher is wrong on " + grouped(counts.teacher_wrong) + ".";
}

/// How much of what the students know is learnt by heart.
inline std::string about_training(const run_report& r) {
  const double d = *r.distilled.training_accuracy, a = *r.alone.training_accuracy;
  const double more = d - r.distilled.result.accuracy;
  std::string text = "On training samples the distilled student is right on " + percent(d) +
                     ", the student alone on " + percent(a) + ": " + with_sign(100 * more, 2) +
                     " and " + with_sign(100 * (a - r.alone.result.accuracy), 2) +
                     " points against test samples.";
  if (more < 0.01)
    text += " So it learns little by heart: more epochs, or a larger student, may gain more.";
  return text;
}

/// Whether its probabilities are better, as they may be where accuracy is not.
inline std::string about_likelihood(const scores& distilled, const scores& alone) {
  const double d = distilled.negative_log_likelihood, a = alone.negative_log_likelihood;
  if (!(std::abs(d - a) > 0.01 * a)) return {};
  return std::string("By likelihood the probabilities of the distilled student are ") +
         (d < a ? "better" : "worse") + ": negative log-likelihood " + fixed(d, 3) + ", alone " +
         fixed(a, 3) + "; calibration error " + percent(distilled.expected_calibration_error) +
         ", alone " + percent(alone.expected_calibration_error) + ".";
}

/// What each term of the objective came to in the last epoch.
inline std::string about_terms(const run_report& r) {
  std::string shares;
  for (const report_term& t : r.distilled.terms) {
    if (t.values.empty()) return {};
    shares += (shares.empty() ? "" : ", ") + t.name + " " + compact(t.values.back()) + " (from " +
              compact(t.values.front()) + ")";
  }
  return shares.empty()
             ? shares
             : "The terms of the objective, times their weights, ended at " + shares + ".";
}

/// " (F1 +3.1 points)" of up to three classes at one end of the gains that move visibly.
inline std::string named_gains(const run_report& r, bool better) {
  std::vector<class_gain> gains = gains_of(r);
  if (!better) std::reverse(gains.begin(), gains.end());
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, gains.size()); ++i) {
    const double points = 100 * gains[i].f1;
    if (better ? points < 0.05 : points > -0.05) break;
    text += (text.empty() ? "" : ", ") + name_of_class(r, gains[i].label) + " (F1 " +
            with_sign(points, 1) + ")";
  }
  return text;
}

/// Sentences, as far as their numbers are known.
inline std::vector<std::string> why_of(const run_report& r) {
  std::vector<std::string> all;
  const scores &teacher = r.teacher.result, &alone = r.alone.result, &with = r.distilled.result;
  const std::int64_t samples = with.confusion.samples();
  if (samples == 0 || alone.confusion.samples() != samples) return all;
  const auto add = [&](const std::string& sentence) {
    if (!sentence.empty()) all.push_back(sentence);
  };
  add(about_epochs(r));
  const bool taught = teacher.confusion.samples() == samples;
  if (taught) add(about_teacher(r));
  if (alone.agreement && with.agreement) add(about_agreement(*with.agreement, *alone.agreement));
  if (taught) add(about_changes(r));
  if (r.alone.training_accuracy && r.distilled.training_accuracy) add(about_training(r));
  add(about_likelihood(with, alone));
  add(about_terms(r));
  const std::string up = named_gains(r, true), down = named_gains(r, false);
  if (!up.empty()) add("Classes that gain most: " + up + ".");
  if (!down.empty()) add("Classes that lose most: " + down + ".");
  return all;
}

}  // namespace kd::train::detail
