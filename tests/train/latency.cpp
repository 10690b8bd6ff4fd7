// SPDX-License-Identifier: MIT
#include <kd/train/latency.hpp>

#include <kd/nn.hpp>
#include <kd/train/fit.hpp>
#include <kd/train/logits_of.hpp>
#include <kd/train/scores.hpp>

#include <chrono>
#include <thread>

#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using network = nn::network<nn::image<1, 2, 2>, nn::flatten, nn::linear<"logits", 3>>;
const kd::io::labelled_images set{3, 2, 2, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3}, {0, 1, 2}, 3};

/// Sleeps the milliseconds that an image says.
struct sleeper {
  std::vector<float> seen;
  kd::nn::shape input() const { return network::input; }
  void forward(const float* image, std::int64_t batch) {
    CHECK(batch == 1);
    seen.push_back(*image);
    std::this_thread::sleep_for(std::chrono::milliseconds(static_cast<int>(*image)));
  }
};

}  // namespace

TEST_CASE("latency: the median of images in turn, each alone, behind a warm-up") {
  sleeper model;
  const double median = kd::train::latency(model, set, {.warm_up = 2, .repeats = 9});
  CHECK(median >= 5000);  // of 1, 5 and 9 ms
  CHECK(median < 9000);
  CHECK(model.seen == std::vector<float>{1, 5, 1, 5, 9, 1, 5, 9, 1, 5, 9});
}

TEST_CASE("latency: ends when its time is over, after 5 images") {
  sleeper model;
  kd::train::latency(model, set, {.warm_up = 0, .repeats = 100, .seconds = 0});
  CHECK(model.seen.size() == 5);
}

TEST_CASE("latency: median of odd and even counts") {
  CHECK(kd::train::detail::median({3, 1, 2}) == 2);
  CHECK(kd::train::detail::median({4, 1, 3, 2}) == 2.5);
  CHECK(kd::train::detail::median({7}) == 7);
}

TEST_CASE("latency: of a model; options out of range; bytes") {
  nn::model<network> model(1);
  CHECK(kd::train::latency(model, set, {.repeats = 5}) > 0);
  CHECK_THROWS_AS(kd::train::latency(model, set, {.repeats = 0}), kd::value_error);
  CHECK_THROWS_AS(kd::train::latency(model, set, {.warm_up = -1}), kd::value_error);
  CHECK_THROWS_AS(kd::train::latency(model, kd::io::labelled_images{}, {}), kd::value_error);
  CHECK(kd::train::parameter_bytes(model) == (4 * 3 + 3) * 4);
  const nn::model<network, double> wide(1);
  CHECK(kd::train::parameter_bytes(wide) == (4 * 3 + 3) * 8);
}

TEST_CASE("logits_of: the logits of a set in its order, for any batch") {
  nn::model<network> model(1);
  const auto all = kd::train::logits_of(model, set), pairs = kd::train::logits_of(model, set, 2);
  CHECK(all.count == 3);
  CHECK(all.classes == 3);
  CHECK(all.values == pairs.values);
  model.forward(set.pixels.data() + 4, 1);
  const auto second = model.output<"logits">();
  for (std::size_t c = 0; c < 3; ++c) CHECK(all.values[3 + c] == second.data[c]);
  CHECK(kd::train::scores_of(all.view(), set.labels).accuracy == kd::train::accuracy(model, set));
}
