// SPDX-License-Identifier: MIT
// expect: kd: an input of the objective is not bound
// expect: input_is_bound<
// expect: teacher
// expect: 'l', 'o', 'g', 'i', 't', 's'
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  return static_cast<void>(Z), kd::evaluate(kd::logit_mse(zs, zt), zs = S).value();
#else
  return kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z).value();
#endif
}
