// SPDX-License-Identifier: MIT
// expect: kd: gradient_of names an input that its first argument slices or merges
#include <kd/kd.hpp>
using namespace kd::axes;
inline constexpr struct next : kd::axis<"next"> {
} next;
constexpr auto zs = kd::student<"logits", batch, token>;
constexpr auto rest = kd::without_first<token, next>(zs);

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto g = kd::gradient_of(kd::mean<batch, next>(kd::square(rest)), zs);
#else
  const auto g = kd::gradient_of(kd::mean<batch, token>(kd::square(zs)), zs);
#endif
  return kd::evaluate(kd::mean<batch, token>(kd::square(g)), zs = S).value();
}
