// SPDX-License-Identifier: MIT
#include <kd/train/keep_best.hpp>

#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "train/callback_run.hpp"

namespace train = kd::train;
using kd_test::run_callbacks;
using kd_test::told;

TEST_CASE("keep_best: the model is that of the best epoch at the end", "[train]") {
  kd::nn::model<kd_test::small_network> model(1);
  kd::nn::sgd<float> optimiser;
  const auto set = kd_test::four_samples();
  train::history h(4);
  train::keep_best best(model, h);
  CHECK(best.epoch() == -1);
  float last = 0;
  train::fit(
      model, optimiser, set, {.epochs = 4, .batch = 4}, {},
      [&](double, const train::batch& b) {
        model.parameters()[0] = last = static_cast<float>(b.epoch);
        model.gradients()[0] = 0;
        return 0.0;
      },
      told{h, {3, 1, 1, 2}}, best);
  CHECK(last == 3);
  CHECK(best.epoch() == 1);
  CHECK(model.parameters()[0] == 1);
  const train::history empty(4);
  CHECK_THROWS_WITH(run_callbacks(4, train::keep_best(model, empty)),
                    Catch::Contains("kd: keep_best found no validation of epoch 1"));
}
