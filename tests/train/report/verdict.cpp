// SPDX-License-Identifier: MIT
#include <kd/train/report/verdict.hpp>

#include "support/catch.hpp"
#include "train/report/some_run.hpp"

namespace detail = kd::train::detail;

namespace {

/// Without the characters that are no letters of ASCII.
std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "\xe2\x88\x92") == 0) out += '-', i += 2;
    else if (text.compare(i, 2, "\xc2\xa0") == 0) ++i;
    else out += text[i];
  }
  return out;
}

}  // namespace

TEST_CASE("verdict: distillation helped, by how much, and in which classes") {
  auto r = some_run();
  r.classes = {"coat", "", "bag"};
  const auto v = detail::verdict_of(r);
  CHECK(plain(v.headline) ==
        "Distillation helped: the distilled student is right on 94.00% of 100 samples, the same "
        "student alone on 80.00% (+14.00 points).");
  // F1 of class 0: 2 * 5 / (25 + 5) alone, 2 * 21 / (25 + 21) distilled
  CHECK(plain(v.reasons) ==
        "On 16 samples only the distilled student is right, on 2 only the one alone; if both were "
        "equally good, so large a difference would come up in less than 0.1% of such tests. "
        "The teacher is right on 100.00%: the student comes 70% of the way up to it. "
        "Classes that gain most: coat (F1 +58.0), 1 (F1 +21.2). "
        "Classes that lose most: 3 (F1 -4.2), bag (F1 -3.8). "
        "This is one run: another seed gives other numbers.");
}

TEST_CASE("verdict: harm, no difference, and one that may be chance") {
  CHECK(plain(detail::verdict_of(some_run(18)).headline).find("no difference:") !=
        std::string::npos);
  CHECK(plain(detail::verdict_of(some_run(16)).headline)
            .find("made no difference that these samples can show:") != std::string::npos);
  auto worse = some_run();
  std::swap(worse.alone, worse.distilled);
  const auto v = detail::verdict_of(worse);
  CHECK(v.headline.find("Distillation did harm:") == 0);
  CHECK(plain(v.headline).find("(-14.00 points)") != std::string::npos);
  CHECK(v.reasons.find("of the way") == std::string::npos);
  auto unlabelled = some_run(16);
  unlabelled.labels.clear();  // nothing is known about chance
  CHECK(detail::verdict_of(unlabelled).headline.find("Distillation helped:") == 0);
  CHECK(detail::verdict_of({}).headline.find("not tested on the same samples") !=
        std::string::npos);
}

TEST_CASE("verdict: McNemar's test") {
  // 1 - scipy.stats.chi2.cdf((25 - 10)^2 / 35, 1)
  CHECK(detail::paired_counts{true, 10, 25}.chance() == Approx(0.011229).epsilon(1e-3));
  CHECK(detail::paired_counts{true, 5, 5}.chance() == 1);
  CHECK(detail::paired_counts{true, 0, 0}.chance() == 1);
}
