// SPDX-License-Identifier: MIT
// A run that was cut, saved and loaded into new objects ends with the bits of one that was not.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <kd/kd.hpp>
#include <kd/nn.hpp>
#include <kd/train.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace kd::axes;
namespace nn = kd::nn;
namespace train = kd::train;

namespace {

using network =
    nn::network<nn::image<1, 6, 6>, nn::conv<"conv1", 4, 3>, nn::batch_norm, nn::relu,
                nn::dropout<0.2>, nn::max_pool<2>, nn::flatten, nn::linear<"logits", 3>>;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

constexpr std::int64_t count = 75, size = 16, epochs = 4;  // 5 batches, the last of 11

kd::io::labelled_images pictures() {
  kd::io::labelled_images set{count, 6, 6, 1, {}, {}, 3};
  for (std::int64_t i = 0; i < count; ++i) {
    set.labels.push_back(static_cast<int>(i % 3));
    for (std::int64_t p = 0; p < 36; ++p)
      set.pixels.push_back(static_cast<float>(
          nn::random_uniform(3, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(p)) +
          (p / 12 == i % 3 ? 0.7 : 0)));
  }
  return set;
}

/// Counts epochs, so that one that is told twice shows.
struct feed_back {
  kd::plateau& rate;
  void after_epoch(const train::fit_state& s) { rate.observe(s.loss); }
};

/// Everything that a run is made of, and how it goes: also with a weight and a rate that feed back.
struct run {
  nn::model<network> model{5};
  nn::adam<float> optimiser;
  kd::balanced weight{{.ratio = 0.1, .momentum = 0.9}};
  kd::plateau rate{{.start = 0.02, .factor = 0.5, .patience = 0, .margin = 0.1}};
  train::history history{epochs};
  train::keep_best<nn::model<network>> best{model, history};
  train::fit_state at;
  train::together<nn::model<network>, nn::adam<float>, kd::balanced_state, kd::plateau_state,
                  train::history, train::keep_best<nn::model<network>>, train::fit_state>
      state{{"model", model},     {"optimiser", optimiser}, {"weight", weight.state},
            {"rate", rate.state}, {"history", history},     {"best", best},
            {"fit", at}};

  run() { optimiser.start(model.parameters().size()); }

  /// Goes on, with `interrupt` among the callbacks, and saves.
  template <class Interrupt>
  void go_on(const kd::io::labelled_images& set, train::checkpoints& folder, Interrupt interrupt) {
    auto objective = train::on_networks(
        kd::cross_entropy(zs, y) +
        kd::watch(weight.value()) * kd::named<"size">(kd::mean<batch, classes>(kd::square(zs))));
    const train::augmentation augment{.flip = true, .shift = 1};
    train::fit(
        model, optimiser, set,
        {.epochs = epochs, .batch = size, .rate = kd::watch(rate.value()), .clip = 5, .seed = 9},
        at,
        [&](double progress, train::batch& b) {
          augment(b);
          model.forward(b.images.data(), b.size(), b.training());
          const auto& step = objective(kd::at(progress), model, train::no_teacher{}, b.labels);
          weight.observe(step.template term<"size">(), step.template term<"cross_entropy">());
          return step.value();
        },
        feed_back{rate}, history, train::validation(model, set, history), best, interrupt,
        train::checkpointing(folder, state, {.batches = 3}));
  }

  /// All numbers of the state, but for the time.
  std::vector<double> numbers() {
    std::vector<double> all;
    const auto add = [&](double x) { all.push_back(std::isnan(x) ? 12345 : x); };
    state.visit_state([&](const std::string& name, auto&& value) {
      if (name == "fit.seconds") return;
      if constexpr (requires { value.size(); })
        for (const auto x : value) add(static_cast<double>(x));
      else add(static_cast<double>(value));
    });
    return all;
  }
};

const auto never = [](train::fit_state&) {};

struct stop_behind_epoch {
  std::int64_t epoch;
  void after_epoch(train::fit_state& s) const { s.stop = s.epoch == epoch; }
};

/// The numbers of a run that is interrupted so, and then goes on in new objects.
template <class Interrupt>
std::vector<double> resumed(const kd::io::labelled_images& set, Interrupt interrupt,
                            std::int64_t steps) {
  const kd_test::temporary_folder place;
  {
    run first;
    train::checkpoints folder(place.path);
    try {
      first.go_on(set, folder, interrupt);
    } catch (const std::runtime_error&) {}  // as if it had been killed
  }
  run second;
  train::checkpoints folder(place.path);
  REQUIRE(folder.load_newest(second.state));
  CHECK(second.at.steps == steps);
  second.go_on(set, folder, never);
  return second.numbers();
}

std::vector<double> whole(const kd::io::labelled_images& set) {
  const kd_test::temporary_folder place;
  run all;
  train::checkpoints folder(place.path);
  all.go_on(set, folder, never);
  CHECK(all.at.steps == 20);
  CHECK(all.at.epoch == epochs);
  CHECK(all.at.progress == 1);
  CHECK(all.rate.value() < 0.02);  // it did feed back
  CHECK(all.best.epoch() >= 0);
  CHECK(train::accuracy(all.model, set) > 0.8);
  return all.numbers();
}

}  // namespace

// With KD_SOAK_ROUNDS it is cut at every step: scripts/soak.
TEST_CASE("resume: the same bits wherever a run was cut, for 1, 2 and 3 threads", "[train]") {
  const bool everywhere = std::getenv("KD_SOAK_ROUNDS") != nullptr;
  std::vector<std::int64_t> stops = {1, 2, 5, 6, 9, 10, 13, 15, 18, 20};  // 5 steps are an epoch
  std::vector<std::int64_t> ends = {0, 2, 3}, kills = {4, 8, 11, 16};
  if (everywhere) {
    stops.resize(20), ends.resize(4), kills.resize(17);
    std::iota(stops.begin(), stops.end(), 1);
    std::iota(ends.begin(), ends.end(), 0);
    std::iota(kills.begin(), kills.end(), 4);  // nothing is saved before
  }
  const auto set = pictures();
  const int before = kd::threads();
  std::vector<double> one;
  for (int threads = 1; threads <= (everywhere ? 4 : 3); ++threads) {
    INFO(threads << " threads");
    kd::set_threads(threads);
    const auto expected = whole(set);
    if (threads == 1) one = expected;
    CHECK(expected == one);
    for (const std::int64_t cut : stops) {
      INFO("stopped at step " << cut);
      const auto stop = [&](train::fit_state& s) { s.stop = s.steps == cut; };
      CHECK(resumed(set, stop, cut) == expected);
    }
    for (const std::int64_t epoch : ends) {
      INFO("stopped behind epoch " << epoch);
      CHECK(resumed(set, stop_behind_epoch{epoch}, 5 * (epoch + 1)) == expected);
    }
    for (const std::int64_t cut : kills) {
      INFO("killed at step " << cut);
      const auto kill = [&](train::fit_state& s) {
        if (s.steps == cut) throw std::runtime_error("killed");
      };
      // Saved after every third step and every epoch.
      CHECK(resumed(set, kill, std::max((cut - 1) / 3 * 3, (cut - 1) / 5 * 5)) == expected);
    }
  }
  kd::set_threads(before);
}

TEST_CASE("resume: a set of another size is refused", "[train]") {
  auto set = pictures();
  const kd_test::temporary_folder place;
  train::checkpoints folder(place.path);
  run first;
  first.go_on(set, folder, [](train::fit_state& s) { s.stop = s.steps == 2; });
  set.count = 60, set.labels.resize(60), set.pixels.resize(60 * 36);
  CHECK_THROWS_WITH(first.go_on(set, folder, never),
                    "kd: the training began with 75 samples and cannot go on with 60; give it the "
                    "set that it began with, and with drop_last the batch size, or a new "
                    "fit_state");
}
