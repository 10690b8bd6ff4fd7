// SPDX-License-Identifier: MIT
// kl<...>: digits near equality, and what is legal: masked classes, one-hot rows, large logits.
#include <cmath>
#include <limits>
#include <random>

#include <kd/kd.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
const auto forward =
    kd::mean<batch>(kd::kl<classes>(kd::log_softmax<classes>(zt), kd::log_softmax<classes>(zs)));
const auto reverse =
    kd::mean<batch>(kd::kl<classes>(kd::log_softmax<classes>(zs), kd::log_softmax<classes>(zt)));

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr double inf = std::numeric_limits<double>::infinity();

template <class T>
matrix<T> logits(int rows, int columns, double scale, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0, scale);
  return matrix<T>::NullaryExpr(rows, columns, [&] { return static_cast<T>(normal(generator)); });
}

/// e^x - 1 - x by its series, which loses no digit near 0.
long double excess(long double x) {
  if (std::abs(x) > 1) return std::expm1(x) - x;
  long double term = x, sum = 0;
  for (int k = 2; k < 40; ++k) sum += term *= x / k;
  return sum;
}

/// KL(softmax(t) || softmax(s)) of one row, and its gradient in s, in long double without
/// cancellation.
template <class T>
long double exact(const matrix<T>& s, const matrix<T>& t, std::vector<long double>& gradient) {
  const Eigen::Index n = s.cols();
  long double total = 0, largest = t.maxCoeff(), shift = 0, ratio = 0, value = 0;
  std::vector<long double> p(static_cast<std::size_t>(n));
  for (Eigen::Index i = 0; i < n; ++i)
    total += p[static_cast<std::size_t>(i)] = std::exp(static_cast<long double>(t(i)) - largest);
  for (auto& x : p) x /= total;
  auto d = [&](Eigen::Index i) {
    return static_cast<long double>(s(i)) - static_cast<long double>(t(i));
  };
  for (Eigen::Index i = 0; i < n; ++i) shift += p[static_cast<std::size_t>(i)] * d(i);
  for (Eigen::Index i = 0; i < n; ++i)
    ratio += p[static_cast<std::size_t>(i)] * std::expm1(d(i) - shift);
  for (Eigen::Index i = 0; i < n; ++i) {
    const long double x = d(i) - shift - std::log1p(ratio);
    value += p[static_cast<std::size_t>(i)] * excess(x);
    gradient.push_back(p[static_cast<std::size_t>(i)] * std::expm1(x));
  }
  return value;
}

}  // namespace

TEST_CASE("in double, a divergence and its gradient keep their digits at any distance") {
  for (double distance : {1.0, 1e-3, 1e-6, 1e-9})
    for (int n : {2, 10, 1000}) {
      const matrix<double> t = logits<double>(1, n, 3, 1);
      const matrix<double> s = t + logits<double>(1, n, distance, 2);
      std::vector<long double> wanted;
      const double value = static_cast<double>(exact(s, t, wanted));
      const auto got = kd::evaluate(forward, zs = s, zt = t);
      CHECK(std::abs(got.value() / value - 1) <= 1e-13);
      kd::test::largest error, size;
      for (int i = 0; i < n; ++i) {
        const double g = static_cast<double>(wanted[static_cast<std::size_t>(i)]);
        error(got.gradient(zs)(0, i) - g);
        size(g);
      }
      CHECK(error.value() <= 1e-13 * size.value());
    }
}
TEMPLATE_TEST_CASE("a divergence does not see constants that are added to the logits", "", float,
                   double) {
  const double digits = std::is_same_v<TestType, float> ? 2e-6 : 1e-13;
  for (double offset : {0.5, 30.0, 1e4, -1e4})
    for (int n : {1, 3, 50}) {
      const matrix<TestType> t = logits<TestType>(1, n, 3, 1);
      matrix<TestType> s = t + logits<TestType>(1, n, 1, 2);
      s.array() += static_cast<TestType>(offset);
      std::vector<long double> wanted;
      const double value = static_cast<double>(exact(s, t, wanted));
      const auto got = kd::evaluate(forward, zs = s, zt = t);
      CHECK(got.value() == Approx(value).epsilon(digits));
      for (int i = 0; i < n; ++i)
        CHECK(got.gradient(zs)(0, i) ==
              Approx(static_cast<double>(wanted[static_cast<std::size_t>(i)])).margin(digits));
      CHECK(kd::evaluate(reverse, zs = t, zt = s).value() == Approx(value).epsilon(digits));
    }
}
TEST_CASE("a divergence of large logits over a small temperature is not negative") {
  constexpr auto y = kd::kl_divergence(zs, zt, {.temperature = 1e-3});
  for (unsigned seed = 1; seed <= 200; ++seed) {
    const int n = 1 + static_cast<int>(seed % 4);
    const matrix<float> t = logits<float>(1, n, 0.01, seed);
    matrix<float> s = logits<float>(1, n, 1, seed + 1000);
    s.array() += 5000;
    const double value = kd::evaluate(y, zs = s, zt = t).value();
    CHECK((n == 1 ? value == 0 : value >= 0));
  }
}
TEST_CASE("a divergence is never negative, in float and double, however close the rows are") {
  for (double distance : {1.0, 1e-2, 1e-4, 1e-6, 1e-7})
    for (unsigned seed = 1; seed <= 40; ++seed) {
      const matrix<float> t = logits<float>(1, 50, 5, seed);
      const matrix<float> s = t + logits<float>(1, 50, distance, 100 + seed);
      CHECK(kd::evaluate(forward, zs = s, zt = t).value() >= 0);
      CHECK(kd::evaluate(reverse, zs = s, zt = t).value() >= 0);
      const matrix<double> u = s.cast<double>(), v = t.cast<double>();
      CHECK(kd::evaluate(forward, zs = u, zt = v).value() >= 0);
      CHECK(kd::evaluate(reverse, zs = u, zt = v).value() >= 0);
    }
}
TEMPLATE_TEST_CASE("at equality the divergence and its gradient are 0 to the bit", "", float,
                   double) {
  const matrix<TestType> z = logits<TestType>(7, 33, 8, 3);
  for (const auto& result :
       {kd::evaluate(forward, zs = z, zt = z), kd::evaluate(forward, zs = z, zt = z)}) {
    CHECK(result.value() == 0);
    CHECK(kd::test::largest_of(result.gradient(zs)) == 0);
  }
  CHECK(kd::evaluate(reverse, zs = z, zt = z).value() == 0);
  const auto result = kd::evaluate(reverse, zs = z, zt = z);
  CHECK(kd::test::largest_of(result.gradient(zs)) == 0);
}
TEMPLATE_TEST_CASE("a class masked by -inf in both counts as absent", "", float, double) {
  const auto none = static_cast<TestType>(-inf);
  matrix<TestType> s(1, 4), t(1, 4), less_s(1, 3), less_t(1, 3);
  s << 1, none, 2, 0;
  t << 0, none, 1, 3;
  less_s << 1, 2, 0;
  less_t << 0, 1, 3;
  const auto check = [&](const auto& objective) {
    const auto masked = kd::evaluate(objective, zs = s, zt = t);
    const auto absent = kd::evaluate(objective, zs = less_s, zt = less_t);
    CHECK(masked.value() == Approx(absent.value()));
    CHECK(masked.gradient(zs)(0, 1) == 0);
    CHECK(masked.gradient(zs)(0, 0) == Approx(absent.gradient(zs)(0, 0)));
    CHECK(masked.gradient(zs)(0, 3) == Approx(absent.gradient(zs)(0, 2)));
  };
  check(forward);
  check(reverse);
}
TEMPLATE_TEST_CASE("one-hot teachers, and logits of 1e4, have finite gradients", "", float,
                   double) {
  matrix<TestType> s(1, 3), t(1, 3);
  s << 1, 2, 3;
  t << 200, 0, 0;
  const auto hot = kd::evaluate(forward, zs = s, zt = t);
  CHECK(hot.value() == Approx(2.4076059644));  // -log softmax(s)[0]
  CHECK(hot.gradient(zs)(0, 0) == Approx(0.0900305732 - 1));
  s << 10000, 0, -10000;
  t << -10000, 0, 10000;
  CHECK(kd::evaluate(forward, zs = s, zt = t).value() == Approx(20000));
  CHECK(kd::evaluate(reverse, zs = s, zt = t).value() == Approx(20000));
  CHECK(kd::evaluate(forward, zs = s, zt = t).gradient(zs).isFinite().all());
  CHECK(kd::evaluate(reverse, zs = s, zt = t).gradient(zs).isFinite().all());
}
TEST_CASE("a class that only the student masks makes the forward divergence infinite") {
  matrix<double> s(1, 2), t(1, 2);
  s << 0, -inf;
  t << 0, 0;
  CHECK(kd::evaluate(forward, zs = s, zt = t).value() == inf);
  CHECK(kd::evaluate(reverse, zs = s, zt = t).value() == Approx(std::log(2)));
}
