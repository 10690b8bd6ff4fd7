// SPDX-License-Identifier: MIT
// expect: kd: a loss takes expressions
// expect: loss_takes<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto o = kd::kl_divergence(zs, zt, 4.0);
#else
  const auto o = kd::kl_divergence(zs, zt, {.temperature = 4.0});
#endif
  return kd::evaluate(o, zs = S, zt = Z).value();
}
