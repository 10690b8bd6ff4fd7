// SPDX-License-Identifier: MIT
// expect: kd: labels need a tensor of integers
// expect: element_fits<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

#ifdef KD_MISTAKE
using labels_type = Eigen::VectorXf;
#else
using labels_type = Eigen::VectorXi;
#endif
double mistake(const Eigen::MatrixXf& S, const labels_type& labels) {
  return kd::evaluate(kd::cross_entropy(zs, y), zs = S, y = labels).value();
}
