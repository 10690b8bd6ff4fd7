// SPDX-License-Identifier: MIT
// expect: kd: the first argument of kd::evaluate and kd::compile is the objective
// expect: objective_is_expression<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto result = kd::evaluate(3.0, zs = S, zt = Z);
#else
  const auto result = kd::evaluate(kd::logit_mse(zs, zt), zs = S, zt = Z);
#endif
  return result.value() + result.gradient(zs)(0, 0);
}
