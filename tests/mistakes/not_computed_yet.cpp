// SPDX-License-Identifier: MIT
// expect: not an expression that has yet to be computed
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& A, const Eigen::MatrixXf& B) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, classes>(zs), zs = A + B).value();
#else
  const Eigen::MatrixXf S = A + B;
  return kd::evaluate(kd::mean<batch, classes>(zs), zs = S).value();
#endif
}
