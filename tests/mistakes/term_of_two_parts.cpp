// SPDX-License-Identifier: MIT
// expect: kd: the objective has several parts of this name
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
  const auto cold = kd::kl_divergence(zs, zt, {.temperature = 1});
  const auto warm = kd::named<"warm">(kd::kl_divergence(zs, zt, {.temperature = 4}));
  const auto step = kd::evaluate(cold + warm, zs = S, zt = Z);
#ifdef KD_MISTAKE
  return step.term<"kl_divergence">();
#else
  return step.term<"warm">();
#endif
}
