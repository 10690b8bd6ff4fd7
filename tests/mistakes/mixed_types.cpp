// SPDX-License-Identifier: MIT
// expect: one type, float or double
// expect: element_fits<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

#ifdef KD_MISTAKE
using teacher_type = Eigen::MatrixXd;
#else
using teacher_type = Eigen::MatrixXf;
#endif
double mistake(const Eigen::MatrixXf& S, const teacher_type& Z) {
  return kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z).value();
}
