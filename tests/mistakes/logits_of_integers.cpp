// SPDX-License-Identifier: MIT
// expect: one type, float or double
// expect: element_fits<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

#ifdef KD_MISTAKE
using logits = Eigen::MatrixXi;
#else
using logits = Eigen::Matrix<Eigen::half, Eigen::Dynamic, Eigen::Dynamic>;
#endif
double mistake(const logits& S) {
  return kd::evaluate(kd::mean<batch, classes>(kd::square(zs)), zs = S).value();
}
