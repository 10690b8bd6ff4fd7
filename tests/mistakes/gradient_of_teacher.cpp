// SPDX-License-Identifier: MIT
// expect: kd: only student and learnable tensors have a gradient
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, Eigen::MatrixXf& G) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z, kd::gradient(zt) = G).value();
#else
  return kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z, kd::gradient(zs) = G).value();
#endif
}
