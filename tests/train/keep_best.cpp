// SPDX-License-Identifier: MIT
#include <kd/train/keep_best.hpp>

#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "train/callback_run.hpp"

namespace train = kd::train;
using kd_test::run_callbacks;
using kd_test::told;

namespace {

namespace nn = kd::nn;

using network =
    nn::network<nn::features<2>, nn::linear<"hidden", 2>, nn::batch_norm, nn::linear<"logits", 2>>;

/// A training of 4 epochs, whose model holds the number of the epoch; the second is the best.
struct training {
  nn::model<network> model{1};
  nn::sgd<float> optimiser;
  train::history h{4};
  train::keep_best<nn::model<network>> best{model, h};
  train::fit_state at;
  float last = 0;

  template <class Interrupt>
  void go_on(Interrupt interrupt) {
    const auto step = [&](double, const train::batch& b) {
      model.parameters()[0] = model.running_statistics()[0] = last = static_cast<float>(b.epoch);
      return 0.0;
    };
    train::fit(model, optimiser, kd_test::four_samples(), {.epochs = 4, .batch = 4}, at, step,
               told{h, {3, 1, 1, 2}}, best, interrupt);
  }
  template <class Visit>
  void visit_state(Visit&& visit) {
    train::together(train::part{"model", model}, train::part{"history", h},
                    train::part{"best", best}, train::part{"fit", at})
        .visit_state(visit);
  }
};

}  // namespace

TEST_CASE("keep_best: the model is that of the best epoch at the end", "[train]") {
  training t;
  CHECK(t.best.epoch() == -1);
  t.go_on([](const train::fit_state&) {});
  CHECK(t.last == 3);
  CHECK(t.best.epoch() == 1);
  CHECK(t.model.parameters()[0] == 1);
  CHECK(t.model.running_statistics()[0] == 1);
  const train::history empty(4);
  CHECK_THROWS_WITH(run_callbacks(4, train::keep_best(t.model, empty)),
                    Catch::Contains("kd: keep_best found no validation of epoch 1"));
}

TEST_CASE("keep_best: a resumed run has the best epoch from before", "[train]") {
  const kd_test::temporary_folder place;
  {
    training first;
    struct stop {
      void after_epoch(train::fit_state& s) { s.stop = s.epoch == 2; }
    };
    first.go_on(stop{});
    CHECK(first.last == 2);
    train::save_checkpoint(place / "cut", first);
  }
  training t;
  train::load_checkpoint(place / "cut", t);
  CHECK(t.best.epoch() == 1);
  t.go_on([](const train::fit_state&) {});
  CHECK(t.last == 3);
  CHECK(t.best.epoch() == 1);
  CHECK(t.model.parameters()[0] == 1);
  CHECK(t.model.running_statistics()[0] == 1);
}
