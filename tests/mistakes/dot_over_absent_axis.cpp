// SPDX-License-Identifier: MIT
// expect: names an axis that its expression does not have
// expect: check_axes
// expect: kd::axes::channel
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto products = kd::dot<channel>(zs, zt);
  return kd::evaluate(kd::mean<batch>(products), zs = S, zt = Z).value();
#else
  const auto products = kd::dot<classes>(zs, zt);
  return kd::evaluate(kd::mean<batch>(products), zs = S, zt = Z).value();
#endif
}
