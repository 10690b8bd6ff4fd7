// SPDX-License-Identifier: MIT
// expect: names an axis that its expression does not have
// expect: kd::axes::height
#include <kd/kd.hpp>
using namespace kd::axes;
inline constexpr struct next : kd::axis<"next"> {
} next;
constexpr auto zs = kd::student<"logits", batch, token>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto rest = kd::without_first<height, next>(zs);
#else
  const auto rest = kd::without_first<token, next>(zs);
#endif
  return kd::evaluate(kd::mean<batch, next>(rest), zs = S).value();
}
