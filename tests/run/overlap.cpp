// SPDX-License-Identifier: MIT
#include <random>
#include <set>
#include <kd/run/overlap.hpp>

#include "support/catch.hpp"

using namespace kd::detail;

namespace {

constexpr axis_set three_axes = single(0) | single(1) | single(2);

/// A tensor of up to three axes with random small extents and strides, and the bytes it covers.
struct tensor {
  memory_view memory;
  std::int64_t extent[max_axes]{1, 1, 1};
  std::multiset<const char*> bytes;

  template <class T>
  tensor(T* data, std::mt19937& random) {
    memory.type = element_of<T>();
    memory.data = data;
    for (int axis = 0; axis < 3; ++axis) {
      extent[axis] = std::uniform_int_distribution<int>(axis == 0 ? 0 : 1, 4)(random);
      memory.stride[axis] = std::uniform_int_distribution<int>(-9, 9)(random);
    }
    for (std::int64_t i = 0; i < extent[0]; ++i)
      for (std::int64_t j = 0; j < extent[1]; ++j)
        for (std::int64_t k = 0; k < extent[2]; ++k) {
          const std::int64_t at =
              i * memory.stride[0] + j * memory.stride[1] + k * memory.stride[2];
          for (std::size_t byte = 0; byte < sizeof(T); ++byte)
            bytes.insert(reinterpret_cast<const char*>(data + at) + byte);
        }
  }
  region all() const { return {memory, extent, three_axes}; }
};

}  // namespace

TEST_CASE("two tensors meet where they have a byte in common, and only there") {
  std::mt19937 random(1);
  alignas(8) static char memory[8192];
  int met = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    const auto place = [&](int size) {
      return memory + 4096 + std::uniform_int_distribution<int>(0, 40)(random) * size;
    };
    const tensor a(reinterpret_cast<float*>(place(4)), random);
    const tensor b = trial % 2 == 0 ? tensor(reinterpret_cast<float*>(place(4)), random)
                                    : tensor(reinterpret_cast<kd::float16*>(place(2)), random);
    bool wanted = false;
    for (const char* byte : b.bytes) wanted = wanted || a.bytes.count(byte) > 0;
    met += wanted;
    REQUIRE(a.all().meets(b.all()) == wanted);
    REQUIRE(b.all().meets(a.all()) == wanted);
  }
  CHECK(met > 5000);
  CHECK(met < 15000);
}

TEST_CASE("a tensor meets itself where two of its elements share a byte, and only there") {
  std::mt19937 random(2);
  static float memory[512];
  int met = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    tensor a(memory + 256, random);
    for (int axis = 0; axis < 3; ++axis)  // stride 0 is refused before, by the name of its axis
      if (a.memory.stride[axis] == 0 && a.extent[axis] > 1) a.extent[0] = 0;
    if (a.extent[0] == 0) continue;
    bool wanted = false;
    for (const char* byte : a.bytes) wanted = wanted || a.bytes.count(byte) > 1;
    met += wanted;
    REQUIRE(a.all().meets_itself() == wanted);
  }
  CHECK(met > 2000);
}

TEST_CASE("blocks of one large matrix are told apart at once") {
  memory_view left, right;
  left.type = right.type = element::f32;
  left.data = reinterpret_cast<const void*>(std::intptr_t{1} << 20);
  right.data = reinterpret_cast<const char*>(left.data) + 500 * 4;
  left.stride[0] = right.stride[0] = 1000;
  left.stride[1] = right.stride[1] = 1;
  std::int64_t extent[max_axes]{1 << 30, 500, 1};
  const axis_set both = single(0) | single(1);
  const region a(left, extent, both), b(right, extent, both);
  CHECK_FALSE(a.meets(b));
  CHECK_FALSE(a.meets_itself());
  extent[1] = 501;
  CHECK(region(left, extent, both).meets(b));
}
