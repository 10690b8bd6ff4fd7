// SPDX-License-Identifier: MIT
#include <kd/nn/buffer.hpp>

#include <cstdint>

#include "support/catch.hpp"

TEST_CASE("buffer: starts on a cache line, grows and never shrinks", "[nn]") {
  kd::nn::detail::buffer<float> memory;
  memory.reserve(3);
  CHECK(reinterpret_cast<std::uintptr_t>(memory.data()) % 64 == 0);
  memory.data()[2] = 5;
  const float* before = memory.data();
  memory.reserve(2);
  CHECK(memory.data() == before);
  memory.reserve(100000);
  memory.data()[99999] = 1;
  CHECK(reinterpret_cast<std::uintptr_t>(memory.data()) % 64 == 0);
  kd::nn::detail::buffer<float> copy = memory;
  CHECK(copy.data()[99999] == 1);
  CHECK(copy.data() != memory.data());
}
