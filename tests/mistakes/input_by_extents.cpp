// SPDX-License-Identifier: MIT
// expect: kd: axes have names, not numbers
// expect: axes_are_named<
#include <kd/kd.hpp>
using namespace kd::axes;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  constexpr auto q = kd::student<"q", 64, 10>;
#else
  constexpr auto q = kd::student<"q", batch, classes>;
#endif
  return kd::evaluate(kd::mean<batch, classes>(kd::square(q)), q = S).value();
}
