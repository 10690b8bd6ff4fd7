// SPDX-License-Identifier: MIT
// Functions on packs of lanes against the standard library in long double.
#include <cmath>
#include <limits>

#include <kd/run/simd_lanes.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

namespace {

using kd::detail::native_width;

/// The largest error in units in the last place of the result, over a geometric grid of arguments.
template <class T, int W, class Function, class Exact>
double worst_error(Function f, Exact exact, double smallest, double largest, double ratio,
                   bool negative_too) {
  kd::test::largest worst;
  for (double magnitude = smallest; magnitude < largest; magnitude *= ratio)
    for (double sign : {-1.0, 1.0}) {
      if (sign < 0 && !negative_too) continue;
      const T x = static_cast<T>(sign * magnitude);
      const long double expected = exact(static_cast<long double>(x));
      const T rounded = static_cast<T>(std::fabs(expected));
      if (!std::isnormal(rounded)) continue;
      const long double ulp =
          static_cast<long double>(std::nextafter(rounded, std::numeric_limits<T>::infinity())) -
          rounded;
      const T got = f(kd::detail::simd<T, W>(static_cast<double>(x))).v[W - 1];
      worst(static_cast<double>((got - expected) / ulp));
    }
  return worst.value();
}

template <class T, int W>
void check_accuracy() {
  const bool is_float = sizeof(T) == 4;
  const double huge = is_float ? 3e38 : 1e308, tiny = is_float ? 1e-44 : 1e-320;
  const auto check = [](auto f, auto exact, double smallest, double largest, double ratio,
                        bool negative_too) {
    return worst_error<T, W>(f, exact, smallest, largest, ratio, negative_too);
  };
  // clang-format off
  CHECK(check([](auto x) { return exp(x); }, [](auto x) { return std::exp(x); }, 1e-17, is_float ? 88.7 : 709.7, 1.0003, true) < 1.5);
  CHECK(check([](auto x) { return expm1(x); }, [](auto x) { return std::expm1(x); }, 1e-30, 88, 1.0003, true) < 2.5);
  CHECK(check([](auto x) { return log(x); }, [](auto x) { return std::log(x); }, tiny, huge, 1.003, false) < 1);
  CHECK(check([](auto x) { return log(x); }, [](auto x) { return std::log(x); }, 0.5, 2, 1.00003, false) < 1);
  CHECK(check([](auto x) { return log1p(x); }, [](auto x) { return std::log1p(x); }, 1e-30, huge, 1.003, false) < 1.5);
  CHECK(check([](auto x) { return log1p(x); }, [](auto x) { return std::log1p(x); }, 1e-30, 0.9999, 1.001, true) < 1.5);
  CHECK(check([](auto x) { return tanh(x); }, [](auto x) { return std::tanh(x); }, 1e-30, 50, 1.0003, true) < 3);
  CHECK(check([](auto x) { return sqrt(x); }, [](auto x) { return std::sqrt(x); }, tiny, huge, 1.01, false) < 0.51);
  // clang-format on
}

/// Whether the function gives what the standard library gives, infinities and NaN included.
template <class T, int W, class Function, class Exact>
void check_special_values(Function f, Exact exact) {
  using limits = std::numeric_limits<T>;
  for (T x : {T(0), T(-1), T(-2), limits::infinity(), -limits::infinity(), limits::quiet_NaN(),
              limits::max(), limits::lowest(), limits::denorm_min()}) {
    const T got = f(kd::detail::simd<T, W>(static_cast<double>(x))).v[W - 1], wanted = exact(x);
    INFO("at " << x);
    if (std::isnan(wanted)) CHECK(std::isnan(got));
    else if (!std::isfinite(wanted)) CHECK(got == wanted);
    else CHECK(got == Approx(wanted).epsilon(1e-6));
  }
}
template <class T, int W>
void check_special_values() {
  const auto check = [](auto f, auto exact) { check_special_values<T, W>(f, exact); };
  check([](auto x) { return exp(x); }, [](T x) { return std::exp(x); });
  check([](auto x) { return expm1(x); }, [](T x) { return std::expm1(x); });
  check([](auto x) { return log(x); }, [](T x) { return std::log(x); });
  check([](auto x) { return log1p(x); }, [](T x) { return std::log1p(x); });
  check([](auto x) { return tanh(x); }, [](T x) { return std::tanh(x); });
  check([](auto x) { return sqrt(x); }, [](T x) { return std::sqrt(x); });
}

}  // namespace

TEST_CASE("functions of floats are accurate, at every width") {
  check_accuracy<float, 1>();
  check_accuracy<float, 4>();
  check_accuracy<float, native_width<float>>();
}
TEST_CASE("functions of doubles are accurate, at every width") {
  check_accuracy<double, 1>();
  check_accuracy<double, native_width<double>>();
}
TEST_CASE("functions of zero, infinities, NaN and the largest and smallest numbers") {
  check_special_values<float, 1>();
  check_special_values<float, native_width<float>>();
  check_special_values<double, 1>();
  check_special_values<double, native_width<double>>();
}
TEST_CASE("exp gives denormal results") {
  const auto exp_of = [](auto lanes) { return exp(lanes).v[0]; };
  CHECK(exp_of(kd::detail::simd<float, 4>(-100)) == Approx(std::exp(-100.f)).epsilon(0.01));
  CHECK(exp_of(kd::detail::simd<float, native_width<float>>(-100)) > 0);
}
