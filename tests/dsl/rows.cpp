// SPDX-License-Identifier: MIT
#include <kd/dsl/rows.hpp>

#include <cmath>
#include <limits>

#include "dsl/values.hpp"

using namespace kd::test;

namespace {

constexpr auto f = kd::student<"f", batch, token>;
constexpr auto g = kd::teacher<"g", batch, token>;
constexpr auto w = kd::given<"w", batch, token>;
constexpr auto u = kd::given<"u", batch>;
constexpr auto l = kd::labels<"l", batch, token>;
constexpr auto mean = kd::mean_of_rows(f);
constexpr auto both =
    kd::named<"f">(kd::constant_of<2> * mean) + kd::named<"g">(kd::mean_of_rows(kd::square(g)));

static_assert(has_exactly(mean));
static_assert(has_exactly(kd::per_row(both), batch, token));
static_assert(has_exactly(kd::per_row(kd::mean_of_rows(kd::sum<token>(f))), batch));
static_assert(has_exactly(kd::mean_of_rows<token>(f), token));
static_assert(has_exactly(kd::weighted(both, w)));
static_assert(
    std::is_same_v<decltype(kd::ignoring(kd::ignoring(l, -1), 3)), decltype(kd::ignoring(l, -1))>);

const std::array<double, 6> f_values{1, 2, 3, 4, 5, 6}, g_values{1, 0, 1, 0, 2, 1};
const auto F = kd::tensor(f_values.data(), {2, 3});
const auto G = kd::tensor(g_values.data(), {2, 3});

}  // namespace

TEST_CASE("rows: without anything around it a mean of rows is a mean") {
  CHECK(value_of(mean, f = F) == close_to(3.5));
  CHECK(value_of(kd::sum<token>(kd::mean_of_rows<token>(f)), f = F) == close_to(2.5 + 3.5 + 4.5));
  CHECK(value_of(mean, f = kd::tensor(f_values.data(), {0, 3})) == 0);
}
TEST_CASE("rows: weights, with fewer axes too, inside each other, and none") {
  const std::array<double, 6> weights{1, 0, 0.5, 0, 0, 2}, none{};
  const auto W = kd::tensor(weights.data(), {2, 3}), N = kd::tensor(none.data(), {2, 3});
  const std::array<double, 2> per_sample{1, 3};
  CHECK(value_of(kd::weighted(mean, w), f = F, w = W) == close_to((1 + 1.5 + 12) / 3.5));
  CHECK(value_of(kd::weighted(mean, u), f = F, u = per_sample) == close_to((6 + 45) / 12.0));
  CHECK(value_of(kd::weighted(kd::weighted(mean, u), w), f = F, u = per_sample, w = W) ==
        close_to((1 + 1.5 + 36) / 7.5));
  CHECK(value_of(kd::weighted(mean, w), f = F, w = N) == 0);
  const auto result = kd::evaluate(kd::weighted(both, w), kd::reference, f = F, g = G, w = W);
  CHECK(result.term<"f">() == close_to(2 * 14.5 / 3.5));
  CHECK(result.term<"g">() == close_to((1 + 0.5 + 2) / 3.5));
  const auto per_token = kd::sum<token>(kd::mean_of_rows<token>(f));
  CHECK(value_of(kd::weighted(per_token, u), f = F, u = per_sample) ==
        close_to((1 + 12) / 4.0 + (2 + 15) / 4.0 + (3 + 18) / 4.0));
}
TEST_CASE("rows: each, weighted or not, and numbers in their order") {
  const std::array<double, 6> weights{1, 0, 0.5, 0, 0, 2};
  const auto W = kd::tensor(weights.data(), {2, 3});
  const auto rows = kd::per_row(3.0 * both);
  CHECK(value_of(kd::max<batch, token>(rows), f = F, g = G) == 3 * (10 + 4));
  CHECK(value_of(kd::sum<batch, token>(kd::per_row(kd::weighted(both, 0.5 * w * 4.0))), f = F,
                 g = G, w = W) == close_to(2 * (2 * 14.5 + 3.5)));
}
TEST_CASE("rows: rows of ignored labels, alone and with weights") {
  const std::array<int, 6> labels{0, -1, 1, -1, 0, 0};
  const std::array<double, 6> weights{1, 5, 0.5, 0, 0, 2};
  const auto L = kd::tensor(labels.data(), {2, 3});
  const auto W = kd::tensor(weights.data(), {2, 3});
  const auto counted = kd::mean_of_rows(f, kd::ignoring(l, -1));
  CHECK(value_of(counted, f = F, l = L) == close_to((1 + 3 + 5 + 6) / 4.0));
  CHECK(value_of(kd::weighted(counted, w), f = F, l = L, w = W) == close_to(14.5 / 3.5));
  CHECK(value_of(kd::sum<batch, token>(kd::per_row(counted)), f = F, l = L) == 15);
  CHECK(value_of(kd::mean_of_rows(f, l), f = F) == 3.5);  // which ignore none
}
TEST_CASE("rows: anything may stand in a row that does not count, also on its way") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = HUGE_VAL;
  const std::array<double, 2> mask{1, 0};
  const auto row = kd::log_sum_exp<token>(kd::log(kd::square(f - kd::mean<token>(f)) + 1.0));
  const auto o = kd::weighted(kd::mean_of_rows(row), u);
  const double wanted = value_of(kd::sum<batch>(row), f = kd::tensor(f_values.data(), {1, 3}));
  for (const double junk : {nan, inf, -inf}) {
    std::array<double, 6> values = f_values, gradient{};
    values[4] = junk;
    const auto V = kd::tensor(values.data(), {2, 3}), to = kd::tensor(gradient.data(), {2, 3});
    const auto check = [&](auto backend) {
      const auto result = kd::evaluate(o, backend, f = V, u = mask, kd::gradient(f) = to);
      CHECK(result.value() == close_to(wanted));
      for (std::size_t i = 3; i < 6; ++i) CHECK(gradient[i] == 0);
      CHECK(std::abs(gradient[0]) > 0);
    };
    check(kd::reference);
    check(kd::eigen);
  }
}
TEST_CASE("rows: the gradient of a loss inside is that of its mean") {
  const auto slope = kd::gradient_of(kd::mean_of_rows(kd::square(f)), f);  // (batch, token)
  const auto rows = kd::per_row(kd::mean_of_rows(slope * f));
  CHECK(value_of(kd::sum<batch, token>(rows), f = F) == close_to(2 * 91 / 6.0));
}
TEST_CASE("rows: a position and a part of rows that are kept") {
  const auto rows = kd::per_row(mean);
  CHECK(value_of(kd::sum<batch>(kd::at<token, 1>(rows)), f = F) == 2 + 5);
  CHECK(value_of(kd::sum<batch, channel>(kd::without_first<token, channel>(rows)), f = F) ==
        2 + 3 + 5 + 6);
}
TEST_CASE("rows: an operand that is read once has the rows of where once stands") {
  const std::array<double, 6> weights{1, 0, 1, 0, 0, 2};
  const auto W = kd::tensor(weights.data(), {2, 3});
  const auto doubled = kd::mean_of_rows(2.0 * f);
  const auto value = [&](const auto& formula) {
    return value_of(kd::weighted(kd::once(formula, doubled), w), f = F, w = W);
  };
  const double weighed = 2 * (1 + 3 + 12) / 4.0;
  const double right = weighed + (1 + 3 + 12) / 4.0 - weighed;
  CHECK(value([](auto x) { return x + kd::mean_of_rows(f - x); }) == close_to(right));
  CHECK(value([](auto x) { return kd::mean_of_rows(f - x) + x; }) == close_to(right));
}
TEST_CASE("rows: what stands in a row, and weights, are not of its rows") {
  const std::array<double, 6> weights{1, 5, 0.5, 0, 0, 2};
  const auto W = kd::tensor(weights.data(), {2, 3});
  const double wanted = (1 + 10 + 1.5 + 12) / 8.5;
  CHECK(value_of(kd::weighted(mean, w), f = F, w = W) == close_to(wanted));
  CHECK(value_of(kd::weighted(kd::mean_of_rows(kd::per_row(mean)), w), f = F, w = W) ==
        close_to(wanted));
  const auto variance = kd::mean_of_rows(kd::square(f - mean));
  CHECK(value_of(kd::mean<batch, token>(kd::per_row(variance)), f = F) == close_to(35 / 12.0));
}
