// SPDX-License-Identifier: MIT
#include <kd/train/history.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
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

TEST_CASE("history: a run goes on to more epochs than it began with, and not to fewer", "[train]") {
  struct training {
    kd::nn::model<kd_test::small_network> model{1};
    kd::nn::sgd<float> optimiser;
    train::fit_state at;
    train::history h;
    train::together<train::history, train::fit_state> state{{"history", h}, {"fit", at}};
    std::vector<double> progress;

    explicit training(std::int64_t epochs) : h(epochs) {}
    void go_on() {
      const auto step = [&](double p, const train::batch&) {
        progress.push_back(p);
        return static_cast<double>(at.steps);
      };
      train::fit(model, optimiser, kd_test::four_samples(),
                 {.epochs = std::ssize(h.loss), .batch = 4, .rate = 0.5}, at, step, h);
    }
  };
  const kd_test::temporary_folder place;
  const std::string path = place / "two";
  training two(2), four(4), one(1);
  two.go_on();
  train::save_checkpoint(path, two.state);
  train::load_checkpoint(path, four.state);
  CHECK(four.h.loss[1] == 1);
  CHECK(std::isnan(four.h.loss[2]));
  four.go_on();
  CHECK(four.h.loss == std::vector<double>{0, 1, 2, 3});
  CHECK(four.h.rate == std::vector<double>{0.5, 0.5, 0.5, 0.5});
  CHECK(four.progress == std::vector<double>{0.5, 0.75});
  CHECK_THROWS_WITH(
      train::load_checkpoint(path, one.state),
      Catch::Contains("'history.loss' has (2) values in the file and (1) values here"));
  CHECK(std::isnan(one.h.loss[0]));
}
