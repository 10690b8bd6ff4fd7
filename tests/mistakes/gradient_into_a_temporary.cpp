// SPDX-License-Identifier: MIT
// expect: kd: the destination of a gradient is a temporary that owns its memory
// expect: destination_stays<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
  const auto o = kd::mean<batch, classes>(kd::square(zs));
#ifdef KD_MISTAKE
  return kd::evaluate(o, zs = S, kd::gradient(zs) = Eigen::MatrixXf(2, 3)).value();
#else
  Eigen::MatrixXf G(2, 3);
  return kd::evaluate(o, zs = S, kd::gradient(zs) = G).value();
#endif
}
