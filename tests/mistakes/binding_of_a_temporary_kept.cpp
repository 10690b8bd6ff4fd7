// SPDX-License-Identifier: MIT
// expect: kd: the binding of a temporary was kept in a variable
// expect: temporary_is_alive<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
  auto program = kd::compile(kd::mean<batch, classes>(kd::square(zs)));
#ifdef KD_MISTAKE
  const auto logits = zs = Eigen::MatrixXf(2 * S);
#else
  const Eigen::MatrixXf twice = 2 * S;
  const auto logits = zs = twice;
#endif
  return program(logits).value();
}
