// SPDX-License-Identifier: MIT
// expect: kd: an operation along axes takes expressions
// expect: operands_have_axes<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto o = zs * kd::softmax<classes>(Z);
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S).value();
#else
  const auto o = zs * kd::softmax<classes>(zt);
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S, zt = Z).value();
#endif
}
