// SPDX-License-Identifier: MIT
// expect: kd: a reduction, view, pick or dot names an axis that its expression does not have
// expect: check_axes
// expect: kd::axes::channel
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, classes>(zs - kd::mean<channel>(zs)), zs = S).value();
#else
  return kd::evaluate(kd::mean<batch, classes>(zs - kd::mean<classes>(zs)), zs = S).value();
#endif
}
