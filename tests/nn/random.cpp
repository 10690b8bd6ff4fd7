// SPDX-License-Identifier: MIT
#include <kd/nn/random.hpp>

#include <cmath>
#include <cstdint>
#include <set>

#include "support/catch.hpp"

using kd::nn::random_bits;
using kd::nn::random_normal;

TEST_CASE("random: the same bits on every machine", "[nn]") {
  STATIC_REQUIRE(random_bits(0, 0, 0) == 0x1cd364143cce4aae);  // from a program in Python
  STATIC_REQUIRE(random_bits(1, 2, 3) == 0xeef6e0a7c20a45ee);
  STATIC_REQUIRE(random_normal(1, 2, 3) == 794751411 / 4294967296.0);
}

TEST_CASE("random: seed, stream and counter all count", "[nn]") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (std::uint64_t stream = 0; stream < 10; ++stream)
      for (std::uint64_t counter = 0; counter < 10; ++counter)
        seen.insert(random_bits(seed, stream, counter));
  CHECK(seen.size() == 1000);
}

TEST_CASE("random: normal numbers have mean 0, variance 1 and a bell's tails", "[nn]") {
  const int count = 200000;
  double sum = 0, squares = 0, beyond_two = 0;
  for (int i = 0; i < count; ++i) {
    const double x = random_normal(5, 0, static_cast<std::uint64_t>(i));
    sum += x;
    squares += x * x;
    if (std::abs(x) > 2) ++beyond_two;
  }
  CHECK(std::abs(sum / count) < 0.01);
  CHECK(std::abs(squares / count - 1) < 0.015);
  CHECK(std::abs(beyond_two / count - 0.0455) < 0.004);
}

TEST_CASE("random: uniform numbers fill [0, 1)", "[nn]") {
  double sum = 0, smallest = 1, largest = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const double u = kd::nn::random_uniform(3, 4, i);
    REQUIRE((u >= 0 && u < 1));
    sum += u;
    smallest = u < smallest ? u : smallest;
    largest = u > largest ? u : largest;
  }
  CHECK(std::abs(sum / 20000 - 0.5) < 0.01);
  CHECK(smallest < 0.001);
  CHECK(largest > 0.999);
}
