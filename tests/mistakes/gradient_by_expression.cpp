// SPDX-License-Identifier: MIT
// expect: kd: gradient_of(objective, input) differentiates with respect to an input
// expect: differentiates_by_an_input<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto g = kd::gradient_of(kd::sum<batch, classes>(kd::exp(zs)), zs * 2);
#else
  const auto g = kd::gradient_of(kd::sum<batch, classes>(kd::exp(zs)), zs);
#endif
  return kd::evaluate(kd::mean<batch, classes>(kd::square(g)), zs = S).value();
}
