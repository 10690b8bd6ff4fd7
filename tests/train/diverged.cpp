// SPDX-License-Identifier: MIT
#include <kd/train/diverged.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <kd/kd.hpp>
#include <kd/train.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "train/callback_run.hpp"

namespace nn = kd::nn;
namespace train = kd::train;

namespace {

using network = nn::network<nn::image<1, 4, 4>, nn::conv<"conv1", 2, 3>, nn::relu, nn::flatten,
                            nn::linear<"hidden", 4>, nn::relu, nn::linear<"logits", 2>>;

const float inf = std::numeric_limits<float>::infinity();

kd::io::labelled_images pictures() {
  return {8, 4, 4, 1, std::vector<float>(128, 0.5f), {0, 1, 0, 1, 0, 1, 0, 1}, 2};
}

/// Runs 4 steps, of which the third is broken, and gives what was thrown.
train::diverged broken(const std::function<double(nn::model<network>&, train::batch&)>& third) {
  nn::model<network> model(1);
  nn::sgd<float> optimiser;
  const auto set = pictures();
  int steps = 0;
  const std::vector<float> before(model.parameters().begin(), model.parameters().end());
  try {
    train::fit(model, optimiser, set, {.epochs = 2, .batch = 4, .rate = 0.5}, {},
               [&](double, train::batch& b) {
                 if (++steps == 3) return third(model, b);
                 model.forward(b.images.data(), b.size(), b.training());
                 return 1.0;
               });
  } catch (const train::diverged& error) { return error; }
  FAIL("nothing was thrown");
  throw;
}

}  // namespace

TEST_CASE("diverged: says step, rate and what to do", "[train]") {
  const auto error = broken([](auto&, auto&) { return std::nan(""); });
  CHECK(std::string(error.what()) ==
        "kd: the loss is not finite in epoch 2, step 3, at learning rate 0.5; lower the rate or "
        "clip the gradient");
  CHECK(error.at.steps == 2);
  CHECK(error.at.epoch == 1);
  CHECK(error.at.rate == 0.5);
  CHECK(error.where.empty());
}

TEST_CASE("diverged: the first layer that is not finite", "[train]") {
  const auto where = [](const std::function<void(nn::model<network>&, train::batch&)>& spoil) {
    return broken([&](nn::model<network>& model, train::batch& b) {
             spoil(model, b);
             model.forward(b.images.data(), b.size(), b.training());
             return std::nan("");
           })
        .where;
  };
  CHECK(where([](auto&, train::batch& b) { b.images[5] = inf; }) == "the images");
  CHECK(where([](nn::model<network>& model, auto&) { model.parameters()[3] = std::nanf(""); }) ==
        "the parameters of layer 'conv1'");
  CHECK(where([](nn::model<network>& model, auto&) { model.parameters().back() = -inf; }) ==
        "the parameters of layer 'logits'");
  const auto too_large = [](nn::model<network>& model, auto&) {
    for (float& w : model.parameters().subspan(20, 128)) w = 3e38f;
    for (float& w : model.parameters().first(20)) w = 1;
  };
  CHECK(where(too_large) == "the output of layer 'hidden'");
}

TEST_CASE("diverged: a gradient that is not finite makes no step", "[train]") {
  float kept = 0;
  const auto error = broken([&](nn::model<network>& model, train::batch& b) {
    model.forward(b.images.data(), b.size(), b.training());
    model.gradients()[1] = inf;
    kept = model.parameters()[1];
    return 1.0;
  });
  CHECK_THAT(error.what(), Catch::Contains("kd: the gradient is not finite in epoch 2, step 3"));
  CHECK(std::isfinite(kept));
}

TEST_CASE("checkpointing: what is saved is from before a training diverged", "[train]") {
  const kd_test::temporary_folder place;
  train::checkpoints folder(place.path);
  nn::model<kd_test::small_network> model(1);
  nn::sgd<float> optimiser;
  train::fit_state at;
  train::together state(train::part{"model", model}, train::part{"fit", at});
  train::checkpointing saving(folder, state, {.batches = 1, .metadata = {{"seed", "1"}}});
  const auto set = kd_test::four_samples();
  int steps = 0;
  const auto step = [&](double, const train::batch&) {
    if (++steps == 5) model.gradients()[0] = std::nanf("");
    return 1.0;
  };
  CHECK_THROWS_AS(train::fit(model, optimiser, set, {.epochs = 3, .batch = 2}, at, step, saving),
                  train::diverged);
  CHECK(saving.newest() == place / "checkpoint-000004.safetensors");  // of 4 steps, two at an end
  nn::model<kd_test::small_network> other(2);
  train::fit_state loaded;
  train::together again(train::part{"model", other}, train::part{"fit", loaded});
  const auto found = folder.load_newest(again);
  REQUIRE(found);
  CHECK(found->metadata.at("step") == "4");
  CHECK(found->metadata.at("epoch") == "1");
  CHECK(found->metadata.at("seed") == "1");
  CHECK(loaded.steps == 4);
  CHECK(train::first_not_finite(other).empty());
  train::checkpointing goes_on(folder, again);  // what was loaded is the last good one
  steps = 4;
  CHECK_THROWS_AS(train::fit(model, optimiser, set, {.epochs = 3, .batch = 2}, at, step, goes_on),
                  train::diverged);
  CHECK(goes_on.newest() == place / "checkpoint-000004.safetensors");
  CHECK_THROWS_WITH(train::checkpointing(folder, state, {.batches = -1}),
                    Catch::Contains("kd: checkpointing after every -1 batches"));
}

TEST_CASE("diverged: a step that makes parameters that are not finite is never saved", "[train]") {
  const kd_test::temporary_folder place;
  nn::model<network> model(1);
  train::fit_state at;
  train::together state(train::part{"model", model}, train::part{"fit", at});
  train::checkpoints folder(place.path);
  train::checkpointing saves(folder, state, {.batches = 1});
  struct {
    int steps = 0;
    void start(std::size_t) {}
    void step(double, std::span<float> parameters, std::span<const float>) {
      if (++steps == 2) parameters[20] = inf;  // of 'hidden'
    }
  } optimiser;
  const auto step = [&](double, train::batch& b) {
    model.forward(b.images.data(), b.size(), b.training());
    return 1.0;
  };
  CHECK_THROWS_WITH(
      train::fit(model, optimiser, pictures(), {.epochs = 2, .batch = 4, .rate = 0.5}, at, step,
                 saves),
      "kd: the model behind the step is not finite in epoch 1, step 2, at learning rate 0.5, and "
      "first the parameters of layer 'hidden'; lower the rate or clip the gradient");
  nn::model<network> saved(2);
  train::fit_state then;
  train::together loaded(train::part{"model", saved}, train::part{"fit", then});
  REQUIRE(folder.load_newest(loaded));
  CHECK(then.steps == 1);
  CHECK(train::detail::all_finite(saved.parameters()));
}
