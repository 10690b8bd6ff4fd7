// SPDX-License-Identifier: MIT
// expect: compares rows with each other, so that it has no value for each row
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto worst = kd::max<batch>(kd::per_row(kd::dist(zs, zt)));
#else
  const auto worst = kd::max<batch>(kd::per_row(kd::kl_divergence(zs, zt)));
#endif
  return kd::evaluate(worst, zs = S, zt = Z).value();
}
