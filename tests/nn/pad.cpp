// SPDX-License-Identifier: MIT
#include <kd/nn/pad.hpp>

#include <vector>

#include "support/catch.hpp"

using kd::nn::detail::pad;

TEST_CASE("pad: zeros around and between the pixels of some channels", "[nn]") {
  const std::vector<float> image{1, 10, 2, 20, 3, 30, 4, 40};  // 2 x 2 of two channels
  std::vector<float> memory(50, -1);
  CHECK(pad(image.data(), {2, 2, 2}, {0, 2}, {2, 2, 0, 1}, memory.data()) == image.data());
  pad(image.data(), {2, 2, 2}, {0, 2}, {3, 4, 1, 1}, memory.data());
  CHECK(std::vector<float>(memory.begin(), memory.begin() + 24) ==
        std::vector<float>{0, 0,  0, 0, 0, 0, 0, 0,  0, 0,  1, 10,
                           2, 20, 0, 0, 0, 0, 3, 30, 4, 40, 0, 0});
  pad(image.data(), {2, 2, 2}, {1, 1}, {3, 4, 0, 2}, memory.data());
  CHECK(std::vector<float>(memory.begin(), memory.begin() + 12) ==
        std::vector<float>{10, 0, 20, 0, 0, 0, 0, 0, 30, 0, 40, 0});
}
