// SPDX-License-Identifier: MIT
// expect: kd: axes have names, not numbers
// expect: axes_are_named<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::softmax<1>(zs);
#else
  const auto o = kd::softmax<classes>(zs);
#endif
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S).value();
}
