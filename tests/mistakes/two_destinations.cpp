// SPDX-License-Identifier: MIT
// expect: kd: a call says twice what it may say once
// expect: argument_is_said_once<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, Eigen::MatrixXf& G, Eigen::MatrixXf& H) {
#ifdef KD_MISTAKE
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  return kd::evaluate(o, zs = S, kd::gradient(zs) = G, kd::gradient(zs) = H).value();
#else
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  return H = S, kd::evaluate(o, zs = S, kd::gradient(zs) = G).value();
#endif
}
