// SPDX-License-Identifier: MIT
// Choices and norms where an operand is 0, infinite or not a number.
#include <array>
#include <cmath>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto xs = kd::student<"x", batch, feature>;
constexpr auto ts = kd::teacher<"t", batch, feature>;
constexpr auto zero = kd::constant_of<0>;

using row = std::array<double, 4>;
const double not_a_number = std::nan("");

/// Checks value and gradient of the sum of an expression of xs, for one row, on both backends.
template <class E>
void check(const E& expression, const row& x, double value, const row& gradient) {
  const auto objective = kd::sum<batch, feature>(expression);
  const auto bound = kd::tensor(x.data(), {1, 4});
  const auto run = [&](auto backend) {
    row g;
    auto to = kd::tensor(g.data(), {1, 4});
    const auto result = kd::evaluate(objective, backend, xs = bound, kd::gradient(xs) = to);
    CHECK(result.value() == Approx(value));
    for (std::size_t i = 0; i < 4; ++i) CHECK(g[i] == Approx(gradient[i]));
  };
  run(kd::reference);
  run(kd::eigen);
}

}  // namespace

TEST_CASE("a choice's gradient is that of the operand taken, whatever the other is") {
  const auto positive = kd::greater(xs, zero);
  const row x{0, -1, 2, 4};
  check(kd::where(positive, kd::log(xs), zero), x, std::log(8), {0, 0, 0.5, 0.25});
  check(kd::where(positive, kd::sqrt(xs), zero), x, std::sqrt(2) + 2,
        {0, 0, 1 / std::sqrt(8), .25});
  check(kd::where(kd::equal(xs, zero), zero, kd::constant_of<1> / xs), x, -0.25,
        {0, -1, -0.25, -1.0 / 16});
  check(kd::where(positive, kd::square(kd::log(kd::exp(kd::log(xs)))), kd::square(xs)), x,
        1 + std::log(2) * std::log(2) + std::log(4) * std::log(4),
        {0, -2, std::log(2), std::log(4) / 2});
  check(kd::where(positive, kd::where(kd::less(xs, kd::constant_of<3>), kd::log(xs), xs), zero), x,
        std::log(2) + 4, {0, 0, 0.5, 1});
  check(kd::sqrt(kd::max(xs, zero)) * kd::greater(xs, zero) +
            kd::max(kd::sqrt(kd::abs(xs)), kd::constant_of<3>),
        {1, 4, 16, 0.25}, 1 + 2 + 4 + 0.5 + 3 + 3 + 4 + 3, {0.5, 0.25, 0.125 + 0.125, 1});
  check(kd::pow(xs, zero), x, 4, {0, 0, 0, 0});
}

TEST_CASE("S14: the gradient of a norm, a direction, a distance or a cosine at 0 is 0") {
  const row x{0, 0, 0, 0};
  const auto norms = kd::norm<feature>(xs) * kd::stop_gradient(kd::exp(xs));  // of feature too
  check(norms, x, 0, x);
  check(kd::normalize<feature>(xs), x, 0, x);
  const std::array<double, 8> some{1, 2, 3, 4, 5, 6, 7, 8}, dead{1, 2, 3, 4, 0, 0, 0, 0};
  const auto T = kd::tensor(some.data(), {2, 4}), X = kd::tensor(dead.data(), {2, 4});
  const auto finite = [&](const auto& objective) {
    const auto result = kd::evaluate(objective, xs = X, ts = T);
    for (int i = 0; i < 8; ++i) CHECK(std::abs(result.gradient(xs)(i / 4, i % 4)) < 10);
    return result.gradient(xs).row(1).abs().maxCoeff();
  };
  CHECK(finite(kd::mean<batch>(kd::cosine_similarity<feature>(xs, ts))) == 0);
  finite(kd::similarity_preserving(xs, ts));
  const std::array<double, 8> twice{1, 2, 3, 4, 1, 2, 3, 4};
  const auto D = kd::tensor(twice.data(), {2, 4});
  const auto distances = kd::distances<feature>(xs, kd::as<batch, other>(xs));
  const auto same = kd::evaluate(kd::sum<batch, other>(distances), xs = D);
  CHECK(same.value() == 0);
  CHECK((same.gradient(xs) == 0).all());
}

TEST_CASE("V1: a norm, a direction or a distance of what is not a number is none") {
  const std::array<double, 8> some{1, 2, 3, 4, 5, 6, 7, 8},
      spoilt{1, 2, 3, 4, 5, not_a_number, 7, 8};
  const auto good = kd::tensor(some.data(), {2, 4}), bad = kd::tensor(spoilt.data(), {2, 4});
  const auto apart = [](auto f, auto g) { return kd::mean<batch>(kd::square(f - g)); };
  const auto check_bad = [&](const auto& objective) {
    for (const bool in_teacher : {false, true}) {
      const auto& x = in_teacher ? good : bad;
      const auto& t = in_teacher ? bad : good;
      const auto by = [&](auto backend) {
        std::array<double, 8> g;
        auto G = kd::tensor(g.data(), {2, 4});
        CHECK(std::isnan(
            kd::evaluate(objective, backend, xs = x, ts = t, kd::gradient(xs) = G).value()));
        double sum = 0;
        for (int i = 4; i < 8; ++i) sum += g[static_cast<std::size_t>(i)];
        CHECK(std::isnan(sum));
      };
      by(kd::reference);
      by(kd::eigen);
    }
  };
  check_bad(apart(kd::norm<feature>(xs), kd::norm<feature>(ts)));
  check_bad(kd::mean<batch, feature>(
      kd::square(kd::normalize<feature>(xs) - kd::normalize<feature>(ts))));
  const auto d = [](auto f) { return kd::distances<feature>(f, kd::as<batch, other>(f)); };
  check_bad(kd::mean<batch, other>(kd::square(d(xs) - d(ts))));
}
