// SPDX-License-Identifier: MIT
// expect: kd: gradient_of names an input that its first argument does not read
// expect: check_differentiated
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
  const auto energy = kd::sum<batch, classes>(kd::square(zs));
#ifdef KD_MISTAKE
  const auto g = kd::gradient_of(energy, zt);
#else
  const auto g = kd::gradient_of(energy, zs);
#endif
  return kd::evaluate(kd::sum<batch, classes>(g * zs), zs = S).value();
}
