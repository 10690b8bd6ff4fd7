// SPDX-License-Identifier: MIT
// Whether distillation helped, in words.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/train/report/run_report.hpp>
#include <kd/train/report/text.hpp>

namespace kd::train::detail {

/// On how many samples only one of the two students was right, and what the teacher was there.
struct paired_counts {
  bool known = false;
  std::int64_t alone = 0, distilled = 0;
  std::int64_t teacher_wrong = 0;  // of those of the one alone
  std::int64_t teacher_right = 0;  // of those of the distilled one

  /// McNemar's test: how probable so large a difference is if both are equally good, in [0, 1].
  double chance() const {
    const auto all = static_cast<double>(alone + distilled);
    if (alone + distilled == 0) return 1;
    return std::erfc(std::abs(static_cast<double>(distilled - alone)) / std::sqrt(2 * all));
  }
};
inline paired_counts paired(const run_report& r) {
  const auto &t = r.teacher.result.predicted, &a = r.alone.result.predicted,
             &d = r.distilled.result.predicted;
  paired_counts counts{!r.labels.empty() && r.labels.size() == a.size() && a.size() == d.size()};
  const bool taught = t.size() == a.size();
  for (std::size_t i = 0; counts.known && i < a.size(); ++i) {
    const bool alone = a[i] == r.labels[i], distilled = d[i] == r.labels[i];
    const bool teacher = taught && t[i] == r.labels[i];
    counts.alone += alone && !distilled;
    counts.distilled += distilled && !alone;
    counts.teacher_wrong += alone && !distilled && !teacher;
    counts.teacher_right += distilled && !alone && teacher;
  }
  return counts;
}

struct verdict {
  std::string headline, chance;  // plain text
};

inline verdict verdict_of(const run_report& r) {
  const scores &alone = r.alone.result, &with = r.distilled.result;
  const std::int64_t samples = with.confusion.samples();
  if (samples == 0 || alone.confusion.samples() != samples)
    return {"The students were not tested on the same samples, so nothing is said about them.", ""};
  const std::int64_t more = with.confusion.right() - alone.confusion.right();
  const paired_counts pairs = paired(r);
  const bool may_be_chance = pairs.known && pairs.chance() > 0.05;

  verdict v;
  v.headline = more == 0       ? "Distillation made no difference"
               : may_be_chance ? "Distillation made no difference that these samples can show"
               : more > 0      ? "Distillation helped"
                               : "Distillation did harm";
  v.headline += ": the distilled student is right on " + percent(with.accuracy) + " of " +
                grouped(samples) + " samples, the same student alone on " +
                percent(alone.accuracy) + " (" +
                with_sign(100 * (with.accuracy - alone.accuracy), 2) + " points).";
  if (pairs.known) {
    const double chance = pairs.chance();
    v.chance += "On " + grouped(pairs.distilled) +
                " samples only the distilled student is right, "
                "on " +
                grouped(pairs.alone) +
                " only the one alone; if both were equally good, so "
                "large a difference would come up in " +
                (chance < 0.001 ? "less than 0.1" : fixed(100 * chance, 1)) +
                "\xc2\xa0% of such tests. ";
  }
  v.chance += "This is one run: another seed gives other numbers.";
  return v;
}

}  // namespace kd::train::detail
