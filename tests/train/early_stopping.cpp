// SPDX-License-Identifier: MIT
#include <kd/train/early_stopping.hpp>

#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "train/callback_run.hpp"

namespace train = kd::train;
using kd_test::run_callbacks;
using kd_test::told;
using train::score;

TEST_CASE("early_stopping: ends when nothing got better for so many epochs", "[train]") {
  const std::vector<double> losses{5, 4, 4.5, 3.9, 4, 4, 3.95, 1};
  for (const auto& [patience, margin, expected] :
       std::vector<std::tuple<int, double, int>>{{1, 0, 3}, {2, 0, 6}, {2, 0.2, 4}, {4, 0, 8}}) {
    train::history h(8);
    train::early_stopping stopping(h, {.patience = patience, .margin = margin});
    const auto end = run_callbacks(8, told{h, losses}, stopping);
    CHECK(end.steps == 2 * expected);
    CHECK(stopping.stopped() == (expected < 8));
  }
}

TEST_CASE("early_stopping: a run that had stopped does not go on when it is resumed", "[train]") {
  train::history h(4);
  train::early_stopping stopping(h, {.patience = 1});
  kd::nn::model<kd_test::small_network> model(1);
  kd::nn::sgd<float> optimiser;
  const auto set = kd_test::four_samples();
  train::fit_state at;
  const auto go = [&](train::early_stopping which) {
    train::fit(
        model, optimiser, set, {.epochs = 4, .batch = 2}, at,
        [](double, const train::batch&) { return 0.0; }, told{h, {1, 2, 0, 3}}, which);
  };
  go(stopping);
  CHECK(at.steps == 4);
  go(stopping);
  CHECK(at.steps == 4);
  go(train::early_stopping(h, {.patience = 2}));  // unless it has more patience
  CHECK(at.steps == 8);
}

TEST_CASE("early_stopping: needs a score that is there, and settings that mean something",
          "[train]") {
  train::history h(2);
  CHECK_THROWS_WITH(run_callbacks(2, train::early_stopping(h)),
                    "kd: early_stopping found no validation of epoch 1 in the history; put a "
                    "validation before it among the callbacks");
  CHECK_THROWS_WITH(run_callbacks(2, train::early_stopping(h, {.watch = score::loss}), h),
                    Catch::Contains("found no loss of epoch 1 in the history; put the history"));
  run_callbacks(2, h, train::early_stopping(h, {.watch = score::loss}));
  CHECK_THROWS_WITH(train::early_stopping(h, {.patience = 0}),
                    Catch::Contains("kd: early_stopping's patience is 0"));
  CHECK_THROWS_WITH(train::early_stopping(h, {.margin = -1}),
                    Catch::Contains("kd: early_stopping's margin is -1"));
}
