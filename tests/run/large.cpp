// SPDX-License-Identifier: MIT
// More than 2^31 elements, through strides of 0 that need no memory.
#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

#include <vector>

#include <kd/kd.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

TEST_CASE("S9: sums over more elements than 32 bits can count") {
  constexpr auto g = kd::given<"g", batch, classes>;
  constexpr std::int64_t rows = 70'000, columns = 40'000;  // 2.8e9
  std::vector<float> row(columns, 1.0f);
  row.back() = 3;
  const auto G = kd::tensor(row.data(), {rows, columns}, {0, 1});
  const auto objective = kd::sum<batch, classes>(g);
  CHECK(kd::evaluate(objective, g = G).value() == 70'000.0 * 40'002.0);
  CHECK(kd::evaluate(kd::mean<batch, classes>(g), g = G).value() == Approx(40'002.0 / 40'000.0));
}
#if __has_include(<sys/mman.h>)
TEST_CASE("S9: rows and classes beyond 2^31 elements from the start") {
  constexpr std::int64_t far = (std::int64_t{1} << 31) + 8;
  constexpr std::size_t bytes = sizeof(float) * static_cast<std::size_t>(2 * far);
  void* pages =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
           0);  // pages exist once touched
  REQUIRE(pages != MAP_FAILED);
  auto* memory = static_cast<float*>(pages);
  memory[0] = 1, memory[1] = 2, memory[far] = 4, memory[far + 1] = 8;
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  const auto squares = kd::sum<batch, classes>(kd::square(zs));
  const auto by_rows = kd::tensor(memory, {2, 2}, {far, 1}),
             by_columns = kd::tensor(memory, {2, 2}, {1, far});
  for (const auto& Z : {by_rows, by_columns}) {
    CHECK(kd::evaluate(squares, zs = Z).value() == 1 + 4 + 16 + 64);
    CHECK(kd::evaluate(kd::sum<batch>(kd::pick<classes>(zs, y)), zs = Z, y = std::vector<int>{0, 1})
              .value() == 1 + 8);
  }
  const auto beside = kd::tensor(memory + 4, {2, 2}, {1, far});
  kd::evaluate(squares, zs = by_rows, kd::gradient(zs) = beside);
  CHECK(memory[far + 5] == 16);
  CHECK_THROWS_AS(kd::evaluate(squares, zs = by_rows, kd::gradient(zs) = by_columns),
                  kd::value_error);
  munmap(pages, bytes);
}
#endif
