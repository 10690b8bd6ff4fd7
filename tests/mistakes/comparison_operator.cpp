// SPDX-License-Identifier: MIT
// expect: kd: expressions are compared by name
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto o = kd::mean<batch, classes>(kd::where(zs > zt, zs, 0));
#else
  const auto o = kd::mean<batch, classes>(kd::where(kd::greater(zs, zt), zs, 0));
#endif
  return kd::evaluate(o, zs = S, zt = Z).value();
}
