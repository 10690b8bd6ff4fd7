// SPDX-License-Identifier: MIT
// expect: kd: axes are objects, not texts or types
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::sum<"classes">(zs);
#else
  const auto o = kd::sum<classes>(zs);
#endif
  return kd::evaluate(kd::mean<batch>(o), zs = S).value();
}
