// SPDX-License-Identifier: MIT
// expect: kd: an input is bound twice
// expect: input_is_bound_once<
// expect: 'l', 'o', 'g', 'i', 't', 's'
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z, zs = Z).value();
#else
  return kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z).value();
#endif
}
