// SPDX-License-Identifier: MIT
// expect: kd: a slice, merge or split gives an axis a name that another axis inside has
#include <kd/kd.hpp>
using namespace kd::axes;
inline constexpr struct next : kd::axis<"next"> {
} next;
constexpr auto zs = kd::student<"logits", token, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto rest = kd::without_first<token, classes>(kd::log_sum_exp<classes>(zs));
  return kd::evaluate(kd::mean<classes>(rest), zs = S).value();
#else
  const auto rest = kd::without_first<token, next>(kd::log_sum_exp<classes>(zs));
  return kd::evaluate(kd::mean<next>(rest), zs = S).value();
#endif
}
