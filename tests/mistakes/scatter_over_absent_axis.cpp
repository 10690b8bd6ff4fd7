// SPDX-License-Identifier: MIT
// expect: names an axis that its expression does not have
// expect: check_axes
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto ids = kd::labels<"ids", batch, top>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXi& labels) {
#ifdef KD_MISTAKE
  const auto taken = kd::scatter<classes, feature>(1, ids);
#else
  const auto taken = kd::scatter<classes, top>(1, ids);
#endif
  return kd::evaluate(kd::sum<batch, classes>(zs * taken), zs = S, ids = labels).value();
}
