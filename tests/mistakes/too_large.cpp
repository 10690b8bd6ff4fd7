// SPDX-License-Identifier: MIT
// expect: kd: the objective is too large for one program, which holds 512 operations
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

template <class Objective>
constexpr auto penalty(const Objective& o) {
  return kd::sum<batch, classes>(kd::square(kd::gradient_of(o, zs)));
}

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z) {
  const auto o = kd::jensen_shannon(zs, zt);
#ifdef KD_MISTAKE
  const auto result = kd::evaluate(o + penalty(o), zs = S, zt = Z);
#else
  const auto result = kd::evaluate(o, zs = S, zt = Z);
#endif
  return result.value() + result.term<"jensen_shannon">() + result.gradient(zs)(0, 0);
}
