// SPDX-License-Identifier: MIT
// expect: kd: expressions of 1 and 0 have no &&, || and !
// expect: logic_is_arithmetic<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = zs * (kd::less(zs, 1) && kd::greater(zs, -1));
#else
  const auto o = zs * kd::less(zs, 1) * kd::greater(zs, -1);
#endif
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S).value();
}
