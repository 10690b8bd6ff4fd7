// SPDX-License-Identifier: MIT
// expect: kd: an option or parameter is a number or a schedule
// expect: scalar_is_schedule<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto tau = kd::learnable<"tau">;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
#ifdef KD_MISTAKE
  const auto o = kd::kl_divergence(zs, zt, {.temperature = tau});
  return kd::evaluate(o, zs = S, zt = Z).value();
#else
  float two[] = {2};
  const auto o = kd::mean<batch>(
      kd::kl<classes>(kd::log_softmax<classes>(zt / tau), kd::log_softmax<classes>(zs / tau)));
  return kd::evaluate(o, zs = S, zt = Z, tau = kd::tensor(two, {})).value();
#endif
}
