// SPDX-License-Identifier: MIT
// expect: kd: an objective must be a scalar, and this one still has axes
// expect: objective_is_scalar<
// expect: 'b', 'a', 't', 'c', 'h'
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::sum<classes>(kd::square(zs)), zs = S).value();
#else
  return kd::evaluate(kd::mean<batch>(kd::sum<classes>(kd::square(zs))), zs = S).value();
#endif
}
