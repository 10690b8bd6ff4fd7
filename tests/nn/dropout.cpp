// SPDX-License-Identifier: MIT
#include <kd/nn/dropout.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

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
