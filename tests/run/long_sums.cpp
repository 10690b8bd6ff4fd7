// SPDX-License-Identifier: MIT
// Sums of many numbers in float are off by log2(n) roundings at most, or by 18, along rows and in
// tiles of rows, in any layout, with the same bits for every number of threads.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <kd/kd.hpp>
#include <kd/run/parallel.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto v = kd::given<"v", batch>;
constexpr auto m = kd::given<"m", batch, classes>;
constexpr auto zs = kd::student<"logits", batch, classes>;

/// Checks n equal numbers' sum or mean, which should be `wanted`, for every number of threads.
template <class Evaluate>
void check(double wanted, std::int64_t n, Evaluate evaluate) {
  INFO(n);
  const int threads = kd::threads();
  const double roundings = std::max(18.0, std::log2(static_cast<double>(n)));
  double first = 0;
  for (int t = 1; t <= 4; ++t) {
    kd::set_threads(t);
    const double got = evaluate();
    if (t == 1) first = got;
    CHECK(got == first);
    CHECK(std::abs(got - wanted) <= roundings * 0x1p-24 * std::abs(wanted));
  }
  kd::set_threads(threads);
}

constexpr float tenth = 0.1f;
constexpr double exact = tenth, square = exact * exact;

}  // namespace

TEST_CASE("a vector of a million and of sixteen million keeps its digits") {
  for (std::int64_t n : {4'096, 100'000, 1'000'000, 1'000'003, 16'000'000}) {
    const std::vector<float> x(static_cast<std::size_t>(n), tenth);
    const auto count = static_cast<double>(n);
    check(count * exact, n, [&] { return kd::evaluate(kd::sum<batch>(v), v = x).value(); });
    check(exact, n, [&] { return kd::evaluate(kd::mean<batch>(v), v = x).value(); });
    check(square, n, [&] { return kd::evaluate(kd::mean<batch>(kd::square(v)), v = x).value(); });
  }
}
TEST_CASE("strided and repeated vectors too") {
  constexpr std::int64_t n = 1'000'000;
  const std::vector<float> x(static_cast<std::size_t>(2 * n), tenth);
  for (std::int64_t stride : {0, 1, 2}) {
    const auto X = kd::tensor(x.data(), {n}, {stride});
    check(n * exact, n, [&] { return kd::evaluate(kd::sum<batch>(v), v = X).value(); });
  }
}
TEST_CASE("a matrix whose rows are long, short, or run across lanes") {
  constexpr std::int64_t n = 1'000'000;
  const std::vector<float> x(static_cast<std::size_t>(n), tenth);
  for (std::int64_t rows : {1, 2, 10, 1'000, 100'000, 1'000'000}) {
    const std::int64_t columns = n / rows;
    for (const auto& X : {kd::tensor(x.data(), {rows, columns}),
                          kd::tensor(x.data(), {rows, columns}, {1, rows})}) {
      check(n * exact, n, [&] { return kd::evaluate(kd::sum<batch, classes>(m), m = X).value(); });
      check(square, n,
            [&] { return kd::evaluate(kd::mean<batch, classes>(kd::square(m)), m = X).value(); });
    }
  }
}
TEST_CASE("every lane of a tile of long rows keeps its digits") {
  constexpr std::int64_t rows = 64, columns = 1'000;
  for (float unit : {0.1f, 1.0f / 3, 0.7f}) {
    const std::vector<float> x(static_cast<std::size_t>(rows * columns), unit);
    const auto X = kd::tensor(x.data(), {rows, columns}, {1, rows});
    const auto sums = kd::sum<classes>(m);  // (batch)
    const double wanted = static_cast<double>(columns) * static_cast<double>(unit);
    check(wanted, columns, [&] {
      return kd::evaluate(kd::sum<batch>(kd::max<classes>(m) * 0.0 + sums), m = X).value() / rows;
    });
    check(wanted, columns, [&] {
      return std::sqrt(kd::evaluate(kd::mean<batch>(kd::square(sums)), m = X).value());
    });
  }
}
TEST_CASE("an infinity, and a NaN, in a long row come out") {
  std::vector<float> x(100'000, tenth);
  x[50'000] = std::numeric_limits<float>::infinity();
  CHECK(kd::evaluate(kd::sum<batch>(v), v = x).value() == std::numeric_limits<double>::infinity());
  x[70'000] = -x[50'000];
  CHECK(std::isnan(kd::evaluate(kd::sum<batch>(v), v = x).value()));
}
TEST_CASE("a log-sum-exp of a million equal logits, and its gradient") {
  constexpr std::int64_t n = 1'000'000;
  const std::vector<float> x(static_cast<std::size_t>(n), tenth);
  const auto X = kd::tensor(x.data(), {1, n});
  const auto r = kd::evaluate(kd::sum<batch>(kd::log_sum_exp<classes>(zs)), zs = X);
  CHECK(std::abs(r.value() - (exact + std::log(1e6))) <= 3e-6);
  CHECK(std::abs(static_cast<double>(r.gradient(zs)(0, n - 1)) * 1e6 - 1) <= 3e-7);
}
