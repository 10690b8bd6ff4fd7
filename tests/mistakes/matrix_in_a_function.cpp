// SPDX-License-Identifier: MIT
// expect: kd: an expression stands beside what is neither an expression nor a number nor a schedule
// expect: operand_is_known<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto o = kd::max(zs, Z);
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S).value();
#else
  const auto o = kd::max(zs, zt);
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S, zt = Z).value();
#endif
}
