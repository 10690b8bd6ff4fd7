// SPDX-License-Identifier: MIT
// expect: not an expression that has yet to be computed
#include <unsupported/Eigen/CXX11/Tensor>
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::Tensor<float, 2>& A, const Eigen::Tensor<float, 2>& B) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, classes>(zs), zs = A + B).value();
#else
  const Eigen::Tensor<float, 2> S = A + B;
  return kd::evaluate(kd::mean<batch, classes>(zs), zs = S).value();
#endif
}
