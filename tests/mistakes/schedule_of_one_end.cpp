// SPDX-License-Identifier: MIT
// expect: kd: a schedule goes from one value to another, and one was given
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto o = kd::kl_divergence(zs, zt, {.temperature = kd::cosine(8)});
#else
  const auto o = kd::kl_divergence(zs, zt, {.temperature = kd::cosine(8, 1)});
#endif
  return kd::evaluate(o, zs = S, zt = Z).value();
}
