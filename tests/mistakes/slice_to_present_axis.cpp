// SPDX-License-Identifier: MIT
// expect: kd: as<from, to> needs a new name, and so do slice, merge, split and pool
#include <kd/kd.hpp>
using namespace kd::axes;
inline constexpr struct next : kd::axis<"next"> {
} next;
constexpr auto zs = kd::student<"logits", batch, token>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto steps = kd::without_first<token, token>(zs) - kd::without_last<token, token>(zs);
  return kd::evaluate(kd::mean<batch, token>(steps), zs = S).value();
#else
  const auto steps = kd::without_first<token, next>(zs) - kd::without_last<token, next>(zs);
  return kd::evaluate(kd::mean<batch, next>(steps), zs = S).value();
#endif
}
