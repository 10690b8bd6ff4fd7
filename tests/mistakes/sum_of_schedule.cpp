// SPDX-License-Identifier: MIT
// expect: kd: an operation along axes takes expressions
// expect: operands_have_axes<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::sum<classes>(kd::linear(0, 1)) * zs;
#else
  const auto o = kd::linear(0, 1) * kd::extent<classes> * zs;
#endif
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S).value();
}
