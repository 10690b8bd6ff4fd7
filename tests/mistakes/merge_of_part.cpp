// SPDX-License-Identifier: MIT
// expect: kd: merge needs inputs that have all of the axes or none
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"map", height, width>;
constexpr auto mask = kd::given<"mask", height>;

double mistake(const Eigen::MatrixXf& F, const Eigen::VectorXf& M) {
#ifdef KD_MISTAKE
  const auto places = kd::merge<space, height, width>(fs * mask);
  return kd::evaluate(kd::sum<space>(places), fs = F, mask = M).value();
#else
  const auto places = kd::merge<space, height, width>(fs);
  return kd::evaluate(kd::sum<space>(places), fs = F).value() + M.sum();
#endif
}
