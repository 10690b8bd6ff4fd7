// SPDX-License-Identifier: MIT
// expect: kd: a loss takes expressions
// expect: loss_takes<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  const auto o = kd::soft_targets(zs, y, zt);
#else
  const auto o = kd::soft_targets(zs, zt, y);
#endif
  return kd::evaluate(o, zs = S, zt = Z, y = labels).value();
}
