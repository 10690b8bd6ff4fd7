// SPDX-License-Identifier: MIT
#include <kd/train/history.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "train/callback_run.hpp"

namespace train = kd::train;
using kd_test::run_callbacks;
using train::score;

TEST_CASE("history: what fit tells of each epoch", "[train]") {
  train::history h(3);
  run_callbacks(3, h, [](train::fit_state& s) { s.stop = s.steps == 5; });
  CHECK(h.loss[0] == Approx(1.25));
  CHECK(h.loss[1] == Approx(3.25));
  CHECK(h.rate[1] == 0.25);
  CHECK(std::isnan(h.loss[2]));
  CHECK(std::isnan(h.validation_loss[0]));
  CHECK(h.best(score::loss) == 0);
  CHECK_FALSE(h.best(score::validation_accuracy));
  CHECK_THROWS_WITH(run_callbacks(2, h),
                    "kd: the history has room for 3 epochs and the training "
                    "has 2; make it for as many");
  CHECK_THROWS_AS(train::history(-1), kd::value_error);
}

TEST_CASE("history: the best epoch is the first of the best, by more than the margin", "[train]") {
  train::history h(5);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  h.validation_loss = {nan, 2, 1.5, 1.5, 1.45};
  h.validation_accuracy = {0.1, 0.5, 0.5, 0.52, nan};
  CHECK(h.best(score::validation_loss) == 4);
  CHECK(h.best(score::validation_loss, 0.1) == 2);
  CHECK(h.best(score::validation_loss, 1) == 1);
  CHECK(h.best(score::validation_accuracy) == 3);
  CHECK(h.best(score::validation_accuracy, 0.1) == 1);
}
