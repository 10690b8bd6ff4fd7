// SPDX-License-Identifier: MIT
// expect: kd: a reduction, view, pick or dot names an axis that its expression does not have
// expect: kd::axes::token
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"hidden", batch, feature>;

double mistake(const Eigen::MatrixXf& F) {
#ifdef KD_MISTAKE
  const auto first = kd::at<token, 0>(fs);
#else
  const auto first = kd::at<feature, 0>(fs);
#endif
  return kd::evaluate(kd::sum_all_but<>(first), fs = F).value();
}
