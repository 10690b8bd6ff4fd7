// SPDX-License-Identifier: MIT
// expect: kd: kd::at says how far training is
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, classes>(zs), zs = S, kd::at(kd::linear(0, 1))).value();
#else
  return kd::evaluate(kd::mean<batch, classes>(kd::linear(0, 1) * zs), zs = S, kd::at(0.5)).value();
#endif
}
