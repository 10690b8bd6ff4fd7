// SPDX-License-Identifier: MIT
// Sums of many numbers in float are off by log2(n) roundings at most, or by 18, along rows and in
// tiles of rows, in any layout, and by labels, with the same bits for every number of threads.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <kd/kd.hpp>
#include <kd/run/parallel.hpp>
#include "support/catch.hpp"

using namespace kd::axes;
inline constexpr struct sample : kd::axis<"sample"> {
} sample;
inline constexpr struct negative : kd::axis<"negative"> {
} negative;

namespace {

constexpr auto v = kd::given<"v", batch>;
constexpr auto m = kd::given<"m", batch, classes>;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto f = kd::given<"f", batch, feature>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto hot = kd::one_hot<classes>(y);
constexpr auto u = kd::learnable<"u", classes>;
constexpr auto weights = kd::learnable<"weights", classes, feature>;
constexpr auto w = kd::given<"w", batch, negative>;
constexpr auto others = kd::labels<"others", batch, negative>;
constexpr auto bank = kd::learnable<"bank", sample, feature>;

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

const float three[] = {1, 1, 1};
const float grid[3 * 5] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
/// Labels 0, 1, 2, 0, ...
std::vector<int> cycle(std::int64_t n) {
  std::vector<int> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<int>(i % 3);
  return x;
}
/// A tensor of equal numbers that takes no memory.
auto tenths(std::int64_t n) { return kd::tensor(&tenth, {n}, {0}); }
auto tenths(std::int64_t n, std::int64_t columns) {
  return kd::tensor(&tenth, {n, columns}, {0, 0});
}

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
TEST_CASE("sums of numbers by labels, and the gradient of a class that is picked") {
  for (std::int64_t n : {100'000, 1'000'000}) {
    const std::vector<int> labels = cycle(3 * n);
    const auto U = kd::tensor(three, {3});
    const auto check_gradient = [&](const auto& objective) {
      const auto program = kd::compile(objective);
      check(static_cast<double>(n) * exact, n, [&] {
        auto p = program;
        return static_cast<double>(p(u = U, v = tenths(3 * n), y = labels).gradient(u)(1));
      });
    };
    check_gradient(kd::sum<classes>(u * kd::sum<batch>(hot * v)));
    check_gradient(kd::sum<batch>(kd::pick<classes>(u, y) * v));
  }
}
TEST_CASE("counts of labels are exact where float is") {
  constexpr std::int64_t n = (std::int64_t{1} << 24) + 8;
  const int one = 1;
  const auto r = kd::evaluate(kd::sum<classes>(u * kd::sum<batch>(hot)), u = kd::tensor(three, {3}),
                              y = kd::tensor(&one, {n}, {0}));
  CHECK(r.gradient(u)(1) == static_cast<float>(n));
  CHECK(r.gradient(u)(0) == 0);
  CHECK(r.value() == static_cast<double>(n));
}
TEST_CASE("every lane of a tile of rows that labels add up") {
  constexpr std::int64_t n = 100'000;
  for (std::int64_t count : {1, 17}) {
    const std::vector<float> x(static_cast<std::size_t>(3 * count), 1.f);
    const std::vector<int> labels = cycle(3 * n);
    check(n * exact, n, [&] {
      const auto r = kd::evaluate(kd::sum<batch, classes>(zs * kd::scatter<classes>(w, others)),
                                  zs = kd::tensor(x.data(), {count, 3}), w = tenths(count, 3 * n),
                                  others = kd::tensor(labels.data(), {count, 3 * n}, {0, 1}));
      return static_cast<double>(r.gradient(zs)(count - 1, 2));
    });
  }
}
TEST_CASE("sums of rows by labels, and the gradient of rows that are picked") {
  for (std::int64_t n : {64, 65, 128, 129, 100'000, 1'000'003}) {
    const std::vector<int> labels = cycle(3 * n);
    const auto R = kd::tensor(grid, {3, 5});
    const auto check_gradient = [&](double wanted, const auto& objective) {
      check(static_cast<double>(n) * wanted, n, [&] {
        const auto r = kd::evaluate(objective, weights = R, f = tenths(3 * n, 5), y = labels,
                                    v = tenths(3 * n));
        return static_cast<double>(r.gradient(weights)(1, 4));
      });
    };
    const auto of_f = kd::sum<batch>(hot * f) + 0.0 * kd::sum<batch>(v);
    check_gradient(exact, kd::sum<classes, feature>(weights * of_f));
    const auto dots = kd::dot<feature>(f, kd::pick<classes>(weights, y));
    check_gradient(square, kd::sum<batch>(v * dots));
  }
}
TEST_CASE("sums of products with rows that labels pick") {
  constexpr std::int64_t n = 1'000'000;
  const std::vector<int> labels = cycle(n);
  const auto R = tenths(3, 5);
  const auto bag = kd::sum<batch>(v * kd::pick<classes>(weights, y));  // (feature)
  check(5 * n * square, n, [&] {
    return kd::evaluate(kd::sum<feature>(bag), weights = R, v = tenths(n), y = labels).value();
  });
  constexpr auto x = kd::given<"x", batch, negative, feature>;
  const auto dots = kd::dot<negative, feature>(x, kd::pick<sample>(bank, others));  // (batch)
  check(2 * 5 * n * square, n, [&] {
    return kd::evaluate(kd::sum<batch>(dots), bank = R,
                        x = kd::tensor(&tenth, {2, n, 5}, {0, 0, 0}),
                        others = kd::tensor(labels.data(), {2, n}, {0, 1}))
        .value();
  });
}
TEST_CASE("products with long rows that labels pick") {
  constexpr std::int64_t n = 1'000'000;
  const std::vector<float> long_row(static_cast<std::size_t>(n), tenth);
  const auto dots = kd::dot<feature>(f, kd::pick<sample>(bank, y));  // (batch)
  check(2 * n * square, n, [&] {
    return kd::evaluate(kd::sum<batch>(dots), bank = kd::tensor(long_row.data(), {3, n}, {0, 1}),
                        f = kd::tensor(long_row.data(), {2, n}, {0, 1}), y = {2, 0})
        .value();
  });
}
