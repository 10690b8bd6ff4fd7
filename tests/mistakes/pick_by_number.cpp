// SPDX-License-Identifier: MIT
// expect: read positions from labels
// expect: check_labels_of
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  return static_cast<void>(labels),
         kd::evaluate(kd::mean<batch>(kd::pick<classes>(zs, 1)), zs = S).value();
#else
  return kd::evaluate(kd::mean<batch>(kd::pick<classes>(zs, y)), zs = S, y = labels).value();
#endif
}
