// SPDX-License-Identifier: MIT
#include <kd/train/also.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "train/callback_run.hpp"

namespace train = kd::train;
using kd_test::run_callbacks;

TEST_CASE("also: what also learns makes its step at the same rate", "[train]") {
  struct learner {
    std::vector<float> w{1, 2}, g{1, -1};
    std::span<float> parameters() { return w; }
    std::span<float> gradients() { return g; }
  } projection, clipped;
  kd::nn::sgd<float> one, two;
  clipped.g = {3, 4};
  run_callbacks(1, train::also(projection, one), train::also(clipped, two, 1));
  CHECK(projection.w == std::vector<float>{0.5f, 2.5f});  // two steps of 0.25
  CHECK(clipped.w[0] == Approx(1 - 2 * 0.25 * 0.6));
  CHECK(clipped.w[1] == Approx(2 - 2 * 0.25 * 0.8));
  CHECK_THROWS_WITH(train::also(projection, one, -1), Catch::Contains("kd: also's clip is -1"));
}

namespace {

struct learner {
  std::vector<float> w{1, 2}, g{1, -1};
  std::span<float> parameters() { return w; }
  std::span<float> gradients() { return g; }
};
struct learner_that_knows : learner {
  std::string first_not_finite() const { return "the term 'hint'"; }
};

/// What was thrown by a training whose second step is broken, at which the loss is `loss`.
template <class Learner>
train::diverged broken(Learner& learner, double loss,
                       const std::function<void(kd::nn::model<kd_test::small_network>&)>& second) {
  kd::nn::model<kd_test::small_network> model(1);
  kd::nn::sgd<float> own, of_learner;
  const auto set = kd_test::four_samples();
  std::vector<float> kept, kept_by_learner;
  int steps = 0;
  const auto step = [&](double, const train::batch& b) {
    model.forward(b.images.data(), b.size(), b.training());
    std::ranges::fill(model.gradients(), 1.0f);
    if (++steps < 2) return 1.0;
    second(model);
    kept.assign(model.parameters().begin(), model.parameters().end());
    kept_by_learner = learner.w;
    return loss;
  };
  try {
    train::fit(
        model, own, set, {.epochs = 1, .batch = 2, .rate = 0.5}, {}, step,
        [](const train::fit_state&) {}, train::also(learner, of_learner));
  } catch (const train::diverged& error) {
    CHECK(std::equal(kept.begin(), kept.end(), model.parameters().begin()));  // no half of a step
    CHECK(learner.w == kept_by_learner);
    return error;
  }
  FAIL("nothing was thrown");
  throw;
}

const float inf = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("also: where its gradient is not finite, nothing makes the step", "[train]") {
  learner other;
  const auto error = broken(other, 1, [&](auto&) { other.g[0] = inf; });
  CHECK(std::string(error.what()) ==
        "kd: the gradient of what also learns is not finite in epoch 1, step 2, at learning rate "
        "0.5; lower the rate or clip the gradient");
  CHECK(error.at.steps == 1);
}

TEST_CASE("also: what it learns is looked at where all of the model is finite", "[train]") {
  learner other;
  CHECK(broken(other, inf, [](auto&) {}).where.empty());
  CHECK(broken(other, inf, [&](auto&) { other.w[0] = inf; }).where ==
        "the parameters of what also learns");
  learner_that_knows knows;
  const auto error = broken(knows, inf, [](auto&) {});
  CHECK_THAT(error.what(), Catch::Contains("at learning rate 0.5, and first the term 'hint'; "));
  CHECK(error.where == "the term 'hint'");
  CHECK(broken(knows, 1, [](auto& m) { m.gradients()[0] = inf; }).where == "the term 'hint'");
  CHECK(broken(knows, inf, [](auto& m) { m.parameters()[0] = inf; }).where ==
        "the parameters of layer 'logits'");
}
