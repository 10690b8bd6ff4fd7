// SPDX-License-Identifier: MIT
#include <kd/train/report/verdict.hpp>

#include "support/catch.hpp"
#include "train/report/some_run.hpp"

namespace detail = kd::train::detail;

TEST_CASE("verdict: distillation helped, by how much, and whether that may be chance") {
  const auto v = detail::verdict_of(some_run());
  CHECK(plain(v.headline) ==
        "Distillation helped: the distilled student is right on 94.00% of 100 samples, the same "
        "student alone on 80.00% (+14.00 points).");
  CHECK(plain(v.chance) ==
        "On 16 samples only the distilled student is right, on 2 only the one alone; if both were "
        "equally good, so large a difference would come up in less than 0.1% of such tests. "
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
