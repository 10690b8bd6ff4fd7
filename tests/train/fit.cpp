// SPDX-License-Identifier: MIT
#include <kd/kd.hpp>
#include <kd/nn.hpp>
#include <kd/train.hpp>
#include "support/catch.hpp"

using namespace kd::axes;
namespace nn = kd::nn;

namespace {

using network = nn::network<nn::image<1, 4, 4>, nn::conv<"conv1", 4, 3>, nn::relu, nn::flatten,
                            nn::linear<"logits", 2>>;

/// Pictures whose brighter half is their class.
kd::io::labelled_images halves(std::int64_t count) {
  kd::io::labelled_images set{count, 4, 4, 1, {}, {}, 2};
  for (std::int64_t i = 0; i < count; ++i) {
    const int label = static_cast<int>(i % 2);
    set.labels.push_back(label);
    for (int p = 0; p < 16; ++p) {
      const double noise = static_cast<double>(nn::random_bits(3, static_cast<std::uint64_t>(i),
                                                               static_cast<std::uint64_t>(p)) >>
                                               40) /
                           16777216.0;
      set.pixels.push_back(static_cast<float>(noise + ((p < 8) == (label == 0) ? 0.5 : 0)));
    }
  }
  return set;
}

struct outcome {
  double accuracy, last_loss;
  std::vector<float> parameters;
};
template <class Network = network>
outcome train(const kd::io::labelled_images& set, double rate, int threads) {
  const int before = kd::threads();
  kd::set_threads(threads);
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  auto objective = kd::train::on_networks(kd::cross_entropy(zs, y));
  nn::model<Network> model(1);
  nn::sgd<float> optimiser({.momentum = 0.9});
  outcome o{};
  kd::train::fit(
      model, optimiser, set, {.epochs = 4, .batch = 16, .rate = kd::linear(rate, 0), .clip = 5}, {},
      [&](double progress, const kd::train::batch& b) {
        model.forward(b.images.data(), b.size(), b.training());
        return objective(kd::at(progress), model, kd::train::no_teacher{}, b.labels).value();
      },
      [&](const kd::train::fit_state& state) { o.last_loss = state.loss; });
  o.accuracy = kd::train::accuracy(model, set);
  o.parameters.assign(model.parameters().begin(), model.parameters().end());
  kd::set_threads(before);
  return o;
}

}  // namespace

TEST_CASE("training learns, and gives the same bits for 1, 2 and 4 threads") {
  const auto set = halves(200);
  const outcome one = train(set, 0.1, 1);
  CHECK(one.accuracy > 0.9);
  CHECK(one.last_loss < 0.5);
  CHECK(train(set, 0.1, 2).parameters == one.parameters);
  CHECK(train(set, 0.1, 4).parameters == one.parameters);
}

TEST_CASE("a network that behaves otherwise in evaluation learns, to the same bits too") {
  using coupled = nn::network<nn::image<1, 4, 4>, nn::conv<"conv1", 4, 3>, nn::batch_norm, nn::relu,
                              nn::dropout<0.1>, nn::flatten, nn::linear<"logits", 2>>;
  const auto set = halves(200);
  const outcome one = train<coupled>(set, 0.1, 1);
  CHECK(one.accuracy > 0.9);
  CHECK(train<coupled>(set, 0.1, 2).parameters == one.parameters);
  CHECK(train<coupled>(set, 0.1, 4).parameters == one.parameters);
}

TEST_CASE("a batch tells the forward of a training what it is made of") {
  const auto set = halves(6);
  nn::model<network> model(1);
  nn::sgd<float> optimiser;
  std::vector<std::int64_t> epochs, samples;
  kd::train::fit(
      model, optimiser, set, {.epochs = 2, .batch = 4, .seed = 9}, {},
      [&](double, const kd::train::batch& b) {
        const nn::training t = b.training();
        CHECK(t.seed == 9);
        epochs.push_back(t.epoch);
        samples.insert(samples.end(), t.samples.begin(), t.samples.end());
        return 0.0;
      },
      [](const kd::train::fit_state&) {});
  CHECK(epochs == std::vector<std::int64_t>{0, 0, 1, 1});
  std::vector<std::int64_t> order = kd::train::shuffled(6, 9, 0);
  const auto second = kd::train::shuffled(6, 9, 1);
  order.insert(order.end(), second.begin(), second.end());
  CHECK(samples == order);
}

TEST_CASE("a loss that is not finite stops the training with a sentence") {
  auto set = halves(40);
  set.pixels[70] = std::nanf("");
  CHECK_THROWS_WITH(train(set, 0.1, 1), Catch::Contains("kd: the loss is not finite in epoch 1") &&
                                            Catch::Contains("learning rate"));
}

TEST_CASE("fit and accuracy refuse images of another size, and say both sizes") {
  const kd::io::labelled_images tall{2, 5, 4, 1, std::vector<float>(40), {0, 1}, 2};
  const std::string sentence =
      "kd: the set's images are 5 x 4 with 1 channel, and the network reads images of 4 x 4 with 1 "
      "channel; resize the images or change the network's input";
  CHECK_THROWS_AS(train(tall, 0.1, 1), kd::shape_error);
  CHECK_THROWS_WITH(train(tall, 0.1, 1), sentence);
  nn::model<network> model(1);
  CHECK_THROWS_AS(kd::train::accuracy(model, tall), kd::shape_error);
  CHECK_THROWS_WITH(kd::train::accuracy(model, tall), sentence);
}

TEST_CASE("labels that name no class are refused with a sentence") {
  auto set = halves(6);
  set.labels[4] = 2;
  CHECK_THROWS_WITH(train(set, 0.1, 1), Catch::Contains("kd: ") && Catch::Contains("holds 2 at"));
  nn::model<network> model(1);
  CHECK_THROWS_AS(kd::train::accuracy(model, set), kd::value_error);
  CHECK_THROWS_WITH(kd::train::accuracy(model, set),
                    Catch::Contains("kd: the set's label 2 of sample 4 names no class") &&
                        Catch::Contains("'logits' has 2"));
}

TEST_CASE("fit and accuracy refuse an empty set and settings that cannot be meant") {
  nn::model<network> model(1);
  nn::sgd<float> optimiser;
  const auto fit = [&](const kd::io::labelled_images& set, const kd::train::fit_options& options) {
    const auto step = [](double, const kd::train::batch&) { return 1.0; };
    kd::train::fit(model, optimiser, set, options, {}, step);
  };
  const auto set = halves(4);
  fit(set, {.epochs = 1, .batch = 3});
  fit(set, {.epochs = 0});
  CHECK_THROWS_WITH(fit(halves(0), {}), Catch::Contains("kd: the set holds no samples"));
  CHECK_THROWS_WITH(kd::train::accuracy(model, halves(0)),
                    Catch::Contains("kd: the set holds no samples"));
  CHECK_THROWS_WITH(fit(set, {.epochs = -1}), Catch::Contains("kd: epochs is -1"));
  CHECK_THROWS_WITH(fit(set, {.batch = 0}), Catch::Contains("kd: a batch of 0 samples"));
  CHECK_THROWS_WITH(fit(set, {.clip = -2}), Catch::Contains("kd: clip is -2"));
  CHECK_THROWS_WITH(fit(set, {.clip = std::nan("")}), Catch::Contains("kd: clip is nan"));
}

TEST_CASE("the rate is that of the progress through the whole training, as the step's is") {
  const auto set = halves(6);
  nn::model<network> model(1);
  nn::sgd<float> optimiser;
  std::vector<double> rates, progress;
  kd::train::fit(
      model, optimiser, set, {.epochs = 2, .batch = 3, .rate = kd::linear(1, 0)}, {},
      [&](double at, const kd::train::batch&) {
        progress.push_back(at);
        return 0.0;
      },
      [&](const kd::train::fit_state& s) { rates.push_back(s.rate); });
  CHECK(progress == std::vector<double>{0, 0.25, 0.5, 0.75});
  CHECK(rates == std::vector<double>{1, 0.75, 0.5, 0.25});
}

TEST_CASE("a gradient that is longer than clip is shortened, and others are not") {
  const auto set = halves(4);
  const auto moved = [&](double clip) {
    nn::model<network> model(1);
    nn::sgd<float> optimiser;
    const double before[2] = {model.parameters()[0], model.parameters()[1]};
    const auto step = [&](double, const kd::train::batch&) {
      model.gradients()[0] = 3;
      model.gradients()[1] = -4;
      return 0.0;
    };
    kd::train::fit(model, optimiser, set, {.epochs = 1, .batch = 4, .rate = 1, .clip = clip}, {},
                   step);
    return std::pair{model.parameters()[0] - before[0], model.parameters()[1] - before[1]};
  };
  for (const double clip : {0.0, 5.5}) {
    CHECK(moved(clip).first == Approx(-3));
    CHECK(moved(clip).second == Approx(4));
  }
  CHECK(moved(0.5).first == Approx(-0.3));
  CHECK(moved(0.5).second == Approx(0.4));
}

TEST_CASE("drop_last leaves out what is no whole batch, and a resumed run does too") {
  const auto set = halves(7);
  std::vector<std::int64_t> sizes, samples;
  std::vector<double> progress;
  kd::train::fit_state at;
  const auto fit = [&](const kd::train::fit_options& options, std::int64_t until) {
    nn::model<network> model(1);
    nn::sgd<float> optimiser;
    kd::train::fit(
        model, optimiser, set, options, at,
        [&](double p, const kd::train::batch& b) {
          progress.push_back(p);
          sizes.push_back(b.size());
          samples.insert(samples.end(), b.indices.begin(), b.indices.end());
          return 0.0;
        },
        [&](kd::train::fit_state& s) { s.stop = s.steps == until; });
  };
  const kd::train::fit_options options{.epochs = 2, .batch = 3, .seed = 9, .drop_last = true};
  fit(options, 1);
  CHECK(at.of_samples == 6);
  CHECK_THROWS_WITH(fit({.epochs = 2, .batch = 3}, 0),
                    Catch::Contains("kd: the training began with 6 samples and cannot go on with "
                                    "7; give it the set that it began with, and with drop_last"));
  fit(options, 0);
  CHECK(sizes == std::vector<std::int64_t>{3, 3, 3, 3});
  CHECK(progress == std::vector<double>{0, 0.25, 0.5, 0.75});
  std::vector<std::int64_t> order = kd::train::shuffled(7, 9, 0);
  order.resize(6);
  const auto second = kd::train::shuffled(7, 9, 1);
  order.insert(order.end(), second.begin(), second.begin() + 6);
  CHECK(samples == order);
  CHECK(at.progress == 1);
  at = {};
  sizes.clear();
  fit({.epochs = 1, .batch = 2, .drop_last = true}, 1);
  fit({.epochs = 1, .batch = 6, .drop_last = true}, 0);  // 6 samples an epoch, too
  CHECK(sizes == std::vector<std::int64_t>{2, 4});
  at = {};
  CHECK_THROWS_WITH(fit({.batch = 8, .drop_last = true}, 0),
                    "kd: with drop_last nothing is left of 7 samples in batches of 8; take smaller "
                    "batches");
}

TEST_CASE("a last batch that the model cannot train on is refused before the first step") {
  using flat = nn::network<nn::features<16>, nn::linear<"hidden", 4>, nn::batch_norm, nn::relu,
                           nn::linear<"logits", 2>>;
  const auto set = halves(9);
  nn::model<flat> model(1);
  CHECK(model.least_batch() == 2);
  CHECK(nn::model<network>(1).least_batch() == 1);
  nn::sgd<float> optimiser;
  int steps = 0;
  const auto fit = [&](auto& some, const kd::train::fit_options& options) {
    steps = 0;
    kd::train::fit(some, optimiser, set, options, {}, [&](double, const kd::train::batch& b) {
      some.forward(b.images.data(), b.size(), b.training());
      return static_cast<double>(++steps);
    });
    return steps;
  };
  CHECK_THROWS_AS(fit(model, {.epochs = 1, .batch = 4}), kd::value_error);
  CHECK_THROWS_WITH(
      fit(model, {.epochs = 1, .batch = 4}),
      "kd: in batches of 4 the last of 9 samples has 1, and the model cannot train on "
      "fewer than 2; take another batch size, or set drop_last");
  CHECK(steps == 0);
  CHECK(fit(model, {.epochs = 1, .batch = 4, .drop_last = true}) == 2);
  CHECK(fit(model, {.epochs = 1, .batch = 7}) == 2);
  CHECK(fit(model, {.epochs = 1, .batch = 9}) == 1);
  CHECK_THROWS_WITH(fit(model, {.epochs = 1, .batch = 1}),
                    Catch::Contains("kd: batch_norm cannot"));
  CHECK(steps == 0);
  using coupled = nn::network<nn::image<1, 4, 4>, nn::conv<"conv1", 4, 3>, nn::batch_norm, nn::relu,
                              nn::flatten, nn::linear<"logits", 2>>;
  nn::model<coupled> images(1);
  nn::sgd<float> another;
  kd::train::fit(images, another, set, {.epochs = 1, .batch = 4}, {},
                 [](double, const kd::train::batch&) { return 0.0; });
}
