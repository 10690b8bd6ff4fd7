// SPDX-License-Identifier: MIT
#include <kd/train/also.hpp>

#include <cmath>
#include <span>
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
  projection.g[0] = std::nanf("");
  CHECK_THROWS_WITH(run_callbacks(1, train::also(projection, one)),
                    Catch::Contains("kd: the gradient of what also learns is not finite"));
}
