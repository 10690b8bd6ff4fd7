// SPDX-License-Identifier: MIT
// expect: kd: every formula has a type of its own
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  auto o = kd::soft_targets(zs, zt, y);
  o += kd::cross_entropy(zs, y);
  return kd::evaluate(o, zs = S, zt = Z, y = labels).value();
#else
  const auto o = kd::soft_targets(zs, zt, y) + kd::cross_entropy(zs, y);
  return kd::evaluate(o, zs = S, zt = Z, y = labels).value();
#endif
}
