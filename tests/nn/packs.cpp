// SPDX-License-Identifier: MIT
#include <kd/nn/packs.hpp>

#include <cstddef>
#include <vector>

#include "support/catch.hpp"

TEST_CASE("packs: every element once, whatever the count and whether the arrays are the same",
          "[nn]") {
  for (std::size_t count = 0; count < 40; ++count) {
    std::vector<float> x(count), y(count + 1, 7.0f);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i);
    kd::nn::detail::change_packs(x.data(), y.data(), static_cast<std::int64_t>(count),
                                 [](auto a, auto b) { return a + a + b; });
    for (std::size_t i = 0; i < count; ++i) REQUIRE(y[i] == 2 * x[i] + 7);
    REQUIRE(y[count] == 7);
    kd::nn::detail::change_packs(x.data(), x.data(), static_cast<std::int64_t>(count),
                                 [](auto a, auto b) { return a + b; });
    for (std::size_t i = 0; i < count; ++i) REQUIRE(x[i] == static_cast<float>(2 * i));
  }
}
