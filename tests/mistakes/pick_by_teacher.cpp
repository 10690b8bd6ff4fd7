// SPDX-License-Identifier: MIT
// expect: read positions from labels
// expect: check_labels_of
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  return static_cast<void>(labels),
         kd::evaluate(kd::mean<batch>(kd::pick<classes>(zs, zt)), zs = S, zt = Z).value();
#else
  return static_cast<void>(Z),
         kd::evaluate(kd::mean<batch>(kd::pick<classes>(zs, y)), zs = S, y = labels).value();
#endif
}
