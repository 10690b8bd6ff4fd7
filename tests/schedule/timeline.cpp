// SPDX-License-Identifier: MIT
#include <kd/schedule/step.hpp>
#include <kd/schedule/timeline.hpp>
#include <kd/schedule/warmup.hpp>
#include "schedule/laws.hpp"

TEST_CASE("a timeline turns epochs or steps into progress") {
  constexpr kd::timeline epoch(90), step(35100);
  static_assert(epoch(0) == 0 && epoch(90) == 1 && epoch(45) == 0.5);
  static_assert(kd::timeline(49)(49) == 1);  // divided, not multiplied with a rounded 1/49
  const kd::schedule s = kd::warmup(epoch(5), kd::step({{0, 0.1}, {epoch(30), 0.01}}));
  CHECK(s(epoch(2.5)) == Approx(0.05));
  CHECK(s(step(10 * 390)) == 0.1);
}

TEST_CASE("a breakpoint at an epoch takes effect at that epoch") {
  for (int epochs = 1; epochs <= 300; ++epochs) {
    const kd::timeline epoch(epochs);
    for (int e = 1; e < epochs; e += 7) {
      const kd::schedule s = kd::step({{0, 1}, {epoch(e), 2}});
      if (s(epoch(e)) != 2 || s(epoch(e - 1)) != 1) FAIL(epochs << ' ' << e);
    }
  }
}

TEST_CASE("a timeline has a length") {
  for (const double bad : {0.0, -1.0, HUGE_VAL, std::nan("")})
    CHECK_THROWS_AS(kd::timeline(bad), kd::value_error);
}
