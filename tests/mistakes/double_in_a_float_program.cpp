// SPDX-License-Identifier: MIT
// expect: which kd::compile<double>(...) sets to double
// expect: element_fits<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXd& S, const Eigen::MatrixXd& Z) {
#ifdef KD_MISTAKE
  auto program = kd::compile(kd::logit_mse(zs, zt), kd::eigen);
  return program(zs = S, zt = Z).value();
#else
  auto program = kd::compile<double>(kd::logit_mse(zs, zt), kd::eigen);
  return program(zs = S, zt = Z).value();
#endif
}
