// SPDX-License-Identifier: MIT
// expect: names an axis that its expression does not have
// expect: check_axes
// expect: kd::axes::channel
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, Eigen::MatrixXf& G) {
#ifdef KD_MISTAKE
  const auto o = kd::named<"part">(kd::mean<batch, channel>(kd::as<classes, other>(zs)));
#else
  const auto o = kd::named<"part">(kd::mean<batch, other>(kd::as<classes, other>(zs)));
#endif
  const auto step = kd::evaluate(2 * o, zs = S, kd::gradient(zs) = G);
  return step.value() + step.term<"part">() + static_cast<double>(step.gradient(zs)(0, 0));
}
