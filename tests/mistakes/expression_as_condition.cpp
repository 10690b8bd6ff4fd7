// SPDX-License-Identifier: MIT
// expect: kd: an expression is a formula, not a value that if or ?: could test
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::greater(zs, 1) ? 2 * zs : 2 * zs;
#else
  const auto o = kd::where(kd::greater(zs, 1), 2 * zs, zs);
#endif
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S).value();
}
