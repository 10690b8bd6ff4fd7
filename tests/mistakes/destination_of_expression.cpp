// SPDX-License-Identifier: MIT
// expect: kd: a gradient belongs to an input
// expect: check_is_input
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, Eigen::MatrixXf& G) {
#ifdef KD_MISTAKE
  const auto o = kd::mean<batch, classes>(kd::square(zs * 2));
  return kd::evaluate(o, zs = S, kd::gradient(zs * 2) = G).value();
#else
  const auto o = kd::mean<batch, classes>(kd::square(zs * 2));
  return kd::evaluate(o, zs = S, kd::gradient(zs) = G).value();
#endif
}
