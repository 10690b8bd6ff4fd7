// SPDX-License-Identifier: MIT
// expect: kd: a reduction or dot names an axis twice
// expect: check_named
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, batch, classes>(kd::square(zs)), zs = S).value();
#else
  return kd::evaluate(kd::mean<batch, classes>(kd::square(zs)), zs = S).value();
#endif
}
