// SPDX-License-Identifier: MIT
// expect: kd: a gradient belongs to an input
// expect: check_is_input
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::mean<batch, classes>(kd::square(zs * 2));
  const auto result = kd::evaluate(o, zs = S);
  const Eigen::MatrixXf G = result.gradient(zs * 2);
  return G(0, 0);
#else
  const auto o = kd::mean<batch, classes>(kd::square(zs * 2));
  const auto result = kd::evaluate(o, zs = S);
  const Eigen::MatrixXf G = result.gradient(zs);
  return G(0, 0);
#endif
}
