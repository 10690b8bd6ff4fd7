// SPDX-License-Identifier: MIT
// expect: kd: kd::compile takes an objective, a backend and extents
// expect: compile_takes<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
  const auto o = kd::logit_mse(zs, zt);
#ifdef KD_MISTAKE
  auto program = kd::compile(o, zs = S, zt = Z);
#else
  auto program = kd::compile(o, batch(S.rows()));
#endif
  return program(zs = S, zt = Z).value();
}
