// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>

#include <kd/run/simd_lanes.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

namespace {

template <class T, int W>
T exp_of(T x) {
  return exp(kd::detail::simd<T, W>(static_cast<double>(x))).v[0];
}

/// The largest error in units in the last place of the result, over a geometric grid of arguments of both signs.
template <class T, int W>
double worst_error(T smallest, T largest, double ratio) {
  kd::test::largest worst;
  for (double magnitude = smallest; magnitude < largest; magnitude *= ratio)
    for (double sign : {-1.0, 1.0}) {
      const T x = static_cast<T>(sign * magnitude);
      const long double exact = std::exp(static_cast<long double>(x));
      const T rounded = static_cast<T>(exact);
      if (!std::isnormal(rounded)) continue;
      const long double ulp =
          static_cast<long double>(std::nextafter(rounded, std::numeric_limits<T>::infinity())) -
          rounded;
      worst(static_cast<double>((exp_of<T, W>(x) - exact) / ulp));
    }
  return worst.value();
}

template <class T, int W>
void check_special_values() {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  CHECK(exp_of<T, W>(0) == 1);
  CHECK(exp_of<T, W>(-infinity) == 0);
  CHECK(exp_of<T, W>(infinity) == infinity);
  CHECK(exp_of<T, W>(std::numeric_limits<T>::max()) == infinity);
  CHECK(exp_of<T, W>(std::numeric_limits<T>::lowest()) == 0);
  CHECK(std::isnan(exp_of<T, W>(std::numeric_limits<T>::quiet_NaN())));
  CHECK(exp_of<T, W>(std::numeric_limits<T>::denorm_min()) == 1);
}

}  // namespace

TEST_CASE("exp of float is accurate to 1.5 units in the last place, at every width") {
  CHECK(worst_error<float, 1>(1e-10f, 88.7f, 1.0003) < 1.5);
  CHECK(worst_error<float, 4>(1e-10f, 88.7f, 1.0003) < 1.5);
  CHECK(worst_error<float, kd::detail::native_width<float>>(1e-10f, 88.7f, 1.0003) < 1.5);
}
TEST_CASE("exp of double is accurate to 1.5 units in the last place") {
  CHECK(worst_error<double, 1>(1e-17, 709.7, 1.0003) < 1.5);
  CHECK(worst_error<double, kd::detail::native_width<double>>(1e-17, 709.7, 1.0003) < 1.5);
}
TEST_CASE("exp of special values") {
  check_special_values<float, 1>();
  check_special_values<float, kd::detail::native_width<float>>();
  check_special_values<double, 1>();
  check_special_values<double, kd::detail::native_width<double>>();
}
TEST_CASE("exp gives denormal results") {
  CHECK(exp_of<float, 4>(-100.f) == Approx(std::exp(-100.f)).epsilon(0.01));
  CHECK(exp_of<float, kd::detail::native_width<float>>(-100.f) > 0);
}
