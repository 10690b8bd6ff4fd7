// SPDX-License-Identifier: MIT
// expect: kd: gradient_of needs a scalar
// expect: check_differentiated
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto g = kd::gradient_of(kd::sum<classes>(kd::square(zs)), zs);
#else
  const auto g = kd::gradient_of(kd::sum<batch, classes>(kd::square(zs)), zs);
#endif
  return kd::evaluate(kd::sum<batch, classes>(g * zs), zs = S).value();
}
