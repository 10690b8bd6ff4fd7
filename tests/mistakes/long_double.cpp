// SPDX-License-Identifier: MIT
// expect: float or double
// expect: element_fits<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::Matrix<long double, -1, -1>& L, const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  return static_cast<void>(S),
         kd::evaluate(kd::mean<batch, classes>(kd::square(zs)), zs = L).value();
#else
  return static_cast<void>(L),
         kd::evaluate(kd::mean<batch, classes>(kd::square(zs)), zs = S).value();
#endif
}
