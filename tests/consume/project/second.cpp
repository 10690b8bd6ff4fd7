// SPDX-License-Identifier: MIT
#include <kd/kd.hpp>
using namespace kd::axes;

double value_in_second_file(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z);

double value_in_second_file(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto zt = kd::teacher<"logits", batch, classes>;
  return kd::evaluate(kd::kl_divergence(zs, zt), zs = S, zt = Z).value();
}
