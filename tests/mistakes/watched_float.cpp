// SPDX-License-Identifier: MIT
// expect: kd: watch reads a variable of type double
// expect: variable_is_watched<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const float weight = 2;
  const auto o = kd::watch(weight) * zs;
#else
  const double weight = 2;
  const auto o = kd::watch(weight) * zs;
#endif
  return kd::evaluate(kd::mean<batch, classes>(o), zs = S).value();
}
