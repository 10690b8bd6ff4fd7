// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "train/callback_run.hpp"

namespace train = kd::train;
using kd_test::run_callbacks;

namespace {

struct listener {
  std::string& log;
  char name;
  void before_training(const train::fit_state&) { (log += name) += "< "; }
  void before_step(const train::fit_state&) { (log += name) += "- "; }
  void after_batch(const train::fit_state&) { (log += name) += ". "; }
  void after_epoch(const train::fit_state&) { (log += name) += "| "; }
  void after_training(const train::fit_state&) { (log += name) += "> "; }
};

struct only_epochs {
  int count = 0;
  void after_epoch(train::fit_state&) { ++count; }
};

struct nothing {};
static_assert(!train::Callback<nothing>);
static_assert(train::Callback<only_epochs>);
static_assert(train::Callback<listener&>);

}  // namespace

TEST_CASE("callbacks: each is told in order; a function is told of batches", "[train]") {
  std::string log;
  listener a{log, 'a'};
  only_epochs epochs;
  int batches = 0;
  run_callbacks(
      2, a, epochs, [&](const train::fit_state&) { ++batches; }, listener{log, 'b'});
  CHECK(log == "a< b< a- b- a. b. a- b- a. b. a| b| a- b- a. b. a- b- a. b. a| b| a> b> ");
  CHECK(epochs.count == 2);
  CHECK(batches == 4);
}

TEST_CASE("callbacks: what they are told", "[train]") {
  std::vector<train::fit_state> seen;
  const auto end = run_callbacks(2, [&](const train::fit_state& s) { seen.push_back(s); });
  REQUIRE(seen.size() == 4);
  CHECK(seen[0].samples == 3);
  CHECK(seen[1].samples == 4);
  CHECK(seen[1].progress == 0.5);
  CHECK(seen[2].epoch == 1);
  CHECK(seen[2].progress == (1 + 0.75) / 2);
  CHECK(seen[2].steps == 3);
  CHECK(seen[0].loss == 1);  // of step n the loss is n
  CHECK(seen[1].loss == Approx((3 * 1 + 1 * 2) / 4.0));
  CHECK(seen[3].loss == Approx((3 * 3 + 1 * 4) / 4.0));
  CHECK(seen[3].rate == 0.25);
  CHECK(seen[3].of_samples == 4);
  CHECK(seen[3].epochs == 2);
  CHECK(end.epoch == 2);
  CHECK(end.progress == 1);
  CHECK(end.seconds > 0);
}

TEST_CASE("callbacks: stop ends the training behind the batch or the epoch", "[train]") {
  std::string log;
  const auto at_batch = run_callbacks(
      2, [](train::fit_state& s) { s.stop = s.steps == 3; }, listener{log, 'a'});
  CHECK(log == "a< a- a. a- a. a| a- a. a> ");
  CHECK(at_batch.stop);
  CHECK(at_batch.samples == 3);
  CHECK(at_batch.progress < 1);
  log.clear();
  struct stop {
    void after_epoch(train::fit_state& s) { s.stop = true; }
  };
  run_callbacks(2, stop{}, listener{log, 'a'});
  CHECK(log == "a< a- a. a- a. a| a> ");
}
