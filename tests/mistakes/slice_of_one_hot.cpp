// SPDX-License-Identifier: MIT
// expect: kd: a view shows part of an axis that a one_hot
#include <kd/kd.hpp>
using namespace kd::axes;
inline constexpr struct foreground : kd::axis<"foreground"> {
} foreground;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& Y) {
#ifdef KD_MISTAKE
  const auto rest = kd::without_first<classes, foreground>(zs - kd::one_hot<classes>(y));
#else
  const auto rest = kd::without_first<classes, foreground>(zs) - kd::one_hot<foreground>(y, -1);
#endif
  return kd::evaluate(kd::mean<batch, foreground>(rest), zs = S, y = Y).value();
}
