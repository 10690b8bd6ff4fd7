// SPDX-License-Identifier: MIT
// expect: kd: the objective has no scalar part of this name
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
  const auto step = kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z);
#ifdef KD_MISTAKE
  return step.term<"hint">();
#else
  return step.term<"logit_mse">();
#endif
}
