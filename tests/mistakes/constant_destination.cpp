// SPDX-License-Identifier: MIT
// expect: kd: the destination of a gradient is const
// expect: destination_is_writable<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, Eigen::MatrixXf& G) {
#ifdef KD_MISTAKE
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  return G = S, kd::evaluate(o, zs = S, kd::gradient(zs) = S).value();
#else
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  return kd::evaluate(o, zs = S, kd::gradient(zs) = G).value();
#endif
}
