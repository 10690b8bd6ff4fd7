// SPDX-License-Identifier: MIT
// expect: kd: axes have names, not numbers
// expect: axes_are_named<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  const auto o = kd::pick<1>(zs, y);
#else
  const auto o = kd::pick<classes>(zs, y);
#endif
  return kd::evaluate(kd::mean<batch>(o), zs = S, y = labels).value();
}
