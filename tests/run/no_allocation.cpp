// SPDX-License-Identifier: MIT
// A compiled objective that is called again allocates nothing. A file of its own, because it replaces operator new.
#include <cstdlib>
#include <new>

#include <kd/kd.hpp>
#include "support/catch.hpp"

namespace {
long allocations = 0;
}

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

TEST_CASE("a call of a compiled objective allocates nothing") {
  using namespace kd::axes;
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto zt = kd::teacher<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  const Eigen::ArrayXXf S = Eigen::ArrayXXf::Random(64, 100),
                        Z = Eigen::ArrayXXf::Random(64, 100);  // column-major: copied per row
  const Eigen::ArrayXi labels = Eigen::ArrayXi::Zero(64);
  auto program = kd::compile(kd::soft_targets(zs, zt, y, {.temperature = kd::cosine(4, 2)}),
                             kd::eigen, batch(64), classes(100));
  const long before = allocations;
  CHECK(before > 0);  // the counter counts
  double value = 0;
  for (int i = 0; i < 3; ++i) value += program(kd::at(i / 3.0), zs = S, zt = Z, y = labels).value();
  CHECK(allocations == before);
  CHECK(value > 0);
}
