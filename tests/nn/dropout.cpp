// SPDX-License-Identifier: MIT
#include <kd/nn/dropout.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

#include <kd/nn.hpp>

#include "nn/layer_check.hpp"
#include "support/catch.hpp"

using kd::nn::dropout;

namespace {

using half = dropout<0.5>;

// What dropout makes of ones, for samples of these numbers in their set.
std::vector<double> mask(std::vector<std::int64_t> numbers, std::uint64_t key, int size = 1001) {
  layer_check::bench<half> b(half::plan({size, 1, 1, true}),
                             static_cast<std::int64_t>(numbers.size()));
  b.input.assign(b.input.size(), 1.0);
  auto work = b.work();
  work.numbers = numbers.data();
  work.key = key;
  b.kernels.forward(b.plan, work);
  return b.output;
}

}  // namespace

TEST_CASE("dropout: does nothing in evaluation", "[nn]") {
  layer_check::gradients<dropout<0.3>>({3, 5, 4});
  layer_check::bench<half> b(half::plan({5, 1, 1, true}), 2);
  b.kernels.forward(b.plan, b.work());
  CHECK(b.output == b.input);
}

TEST_CASE("dropout: keeps the share it should, scaled; the gradient goes the same way", "[nn]") {
  using layer = dropout<0.2>;
  const std::vector<std::int64_t> numbers{4, 9};
  layer_check::bench<layer> b(layer::plan({50001, 1, 1, true}), 2);
  auto work = b.work();
  work.numbers = numbers.data();
  work.key = 77;
  b.kernels.forward(b.plan, work);
  b.kernels.backward(b.plan, work);
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < b.input.size(); ++i) {
    const bool out = b.output[i] == 0;
    dropped += out ? 1 : 0;
    REQUIRE(std::abs(b.output[i] - (out ? 0 : 1.25 * b.input[i])) < 1e-9);
    REQUIRE(std::abs(b.input_gradient[i] - (out ? 0 : 1.25 * b.output_gradient[i])) < 1e-9);
  }
  CHECK(std::abs(static_cast<double>(dropped) / 100002 - 0.2) < 0.005);
}

TEST_CASE("dropout: is keyed by a sample's number, not by its place", "[nn]") {
  const auto both = mask({3, 8}, 5), turned = mask({8, 3}, 5), alone = mask({8}, 5);
  CHECK(std::vector<double>(both.begin(), both.begin() + 1001) ==
        std::vector<double>(turned.begin() + 1001, turned.end()));
  CHECK(std::vector<double>(both.begin() + 1001, both.end()) == alone);
  CHECK(std::vector<double>(both.begin(), both.begin() + 1001) != alone);
  CHECK(mask({8}, 6) != alone);
}

TEST_CASE("dropout: a rate is at least 0 and below 1", "[nn]") {
  constexpr kd::nn::shape row{4, 1, 1, true};
  STATIC_REQUIRE(dropout<0>::plan(row).problem == kd::nn::misfit::none);
  STATIC_REQUIRE(dropout<0.999>::plan(row).problem == kd::nn::misfit::none);
  STATIC_REQUIRE(dropout<1>::plan(row).problem == kd::nn::misfit::bad_rate);
  STATIC_REQUIRE(dropout<-0.1>::plan(row).problem == kd::nn::misfit::bad_rate);
}

TEST_CASE("dropout: in a network each layer and epoch drops others; evaluation drops nothing",
          "[nn]") {
  namespace nn = kd::nn;
  using network =
      nn::network<nn::features<40>, half, nn::linear<"see", 40>, half, nn::linear<"end", 40>>;
  nn::model<network, double> model(1);
  for (std::size_t layer : {std::size_t{0}, std::size_t{1}})
    for (std::size_t i = 0; i < 1640; ++i)  // both are the identity
      model.parameters()[layer * 1640 + i] = i < 1600 && i / 40 == i % 40 ? 1.0 : 0.0;
  const std::vector<double> ones(80, 1.0);
  const std::vector<std::int64_t> samples{5, 9}, turned{9, 5};
  const auto seen = [&](const char* layer) {
    const auto view = layer[0] == 's' ? model.output<"see">() : model.output<"end">();
    return std::vector<double>(view.data, view.data + 80);
  };
  model.forward(ones.data(), 2);
  CHECK(seen("end") == ones);
  model.forward(ones.data(), 2, {.seed = 1, .epoch = 1, .samples = samples});
  const auto first = seen("see"), last = seen("end");
  CHECK(first != ones);
  bool differ = false;
  for (std::size_t i = 0; i < 80; ++i) {
    if (first[i] == 2 && last[i] == 0) differ = true;
    if (first[i] == 0) CHECK(last[i] == 0);
  }
  CHECK(differ);
  model.forward(ones.data(), 2, {.seed = 1, .epoch = 1, .samples = turned});
  const auto other = seen("end");
  CHECK(std::vector<double>(other.begin() + 40, other.end()) ==
        std::vector<double>(last.begin(), last.begin() + 40));
  model.forward(ones.data(), 2, {.seed = 1, .epoch = 2, .samples = samples});
  CHECK(seen("end") != last);
  model.forward(ones.data(), 2, {.seed = 2, .epoch = 1, .samples = samples});
  CHECK(seen("end") != last);
  CHECK_THROWS_WITH(model.forward(ones.data(), 2, {}),
                    "kd: dropout needs the number of each sample in its set; forward was given 0 "
                    "numbers for a batch of 2");
}
