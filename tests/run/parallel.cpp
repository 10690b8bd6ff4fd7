// SPDX-License-Identifier: MIT
#include <atomic>
#include <stdexcept>
#include <vector>

#include <kd/run/parallel.hpp>
#include "support/catch.hpp"

namespace {
struct with_threads {
  int before = kd::threads();
  explicit with_threads(int count) { kd::set_threads(count); }
  ~with_threads() { kd::set_threads(before); }
};
}  // namespace

TEST_CASE("every index is visited once, by threads with numbers below their count") {
  const with_threads four(4);
  const int threads = kd::threads();
  std::vector<std::atomic<int>> visits(1000);
  std::atomic<int> strays{0};
  kd::detail::parallel_for(1000, [&](std::int64_t i) {
    ++visits[static_cast<std::size_t>(i)];
    const int index = kd::detail::thread_index();
    strays += index < 0 || index >= threads;
  });
  for (const auto& v : visits) CHECK(v == 1);
  CHECK(strays == 0);
}

TEST_CASE("a loop inside a loop runs on one thread, whose number is 0") {
  const with_threads four(4);
  std::atomic<int> wrong{0};
  kd::detail::parallel_for(8, [&](std::int64_t) {
    const int outer = kd::detail::thread_index();
    wrong += kd::threads() != 1 && outer != 0;
    kd::detail::parallel_for(3, [&](std::int64_t) { wrong += kd::detail::thread_index() != 0; });
    wrong += kd::detail::thread_index() != outer;
  });
  CHECK(wrong == 0);
}

TEST_CASE("an exception in a thread reaches the caller") {
  const with_threads four(4);
  CHECK_THROWS_AS(kd::detail::parallel_for(100,
                                           [](std::int64_t i) {
                                             if (i == 57) throw std::runtime_error("57");
                                           }),
                  std::runtime_error);
}
