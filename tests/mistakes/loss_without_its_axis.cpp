// SPDX-License-Identifier: MIT
// expect: names an axis that its expression does not have
// expect: check_axes
// expect: kd::axes::classes
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto fs = kd::student<"features", batch, feature>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::cross_entropy(fs, y), fs = S, y = labels).value();
#else
  return kd::evaluate(kd::cross_entropy(zs, y), zs = S, y = labels).value();
#endif
}
