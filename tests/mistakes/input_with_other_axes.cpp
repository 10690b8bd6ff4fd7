// SPDX-License-Identifier: MIT
// expect: kd: one input stands in the objective twice with different axes
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
#ifdef KD_MISTAKE
constexpr auto again = kd::student<"logits", batch, feature>;
#else
constexpr auto again = kd::student<"features", batch, feature>;
#endif

double mistake(const Eigen::MatrixXf& S) {
  const auto o = kd::sum<batch, classes>(zs) + kd::sum<batch, feature>(again);
  return kd::evaluate(o, zs = S, again = S).value();
}
