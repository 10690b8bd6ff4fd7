// SPDX-License-Identifier: MIT
// expect: kd: an input of the objective is not bound
// expect: input_is_bound<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  return static_cast<void>(S), static_cast<void>(Z), static_cast<void>(labels),
         kd::evaluate(kd::soft_targets(zs, zt, y)).value();
#else
  return kd::evaluate(kd::soft_targets(zs, zt, y), zs = S, zt = Z, y = labels).value();
#endif
}
