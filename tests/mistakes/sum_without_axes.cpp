// SPDX-License-Identifier: MIT
// expect: kd: a reduction or dot names no axis
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::sum(kd::square(zs)), zs = S).value();
#else
  return kd::evaluate(kd::sum<batch, classes>(kd::square(zs)), zs = S).value();
#endif
}
