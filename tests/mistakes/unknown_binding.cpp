// SPDX-License-Identifier: MIT
// expect: kd: a binding names an input that the objective does not read
// expect: input_is_read<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, const Eigen::VectorXi& labels) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z, y = labels).value();
#else
  return static_cast<void>(labels), kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z).value();
#endif
}
