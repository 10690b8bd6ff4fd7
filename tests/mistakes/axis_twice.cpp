// SPDX-License-Identifier: MIT
// expect: kd: an input names one of its axes twice
#include <kd/kd.hpp>
using namespace kd::axes;
#ifdef KD_MISTAKE
constexpr auto similarities = kd::student<"similarities", batch, batch>;
#else
constexpr auto similarities = kd::student<"similarities", batch, other>;
#endif

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::sum<batch>(similarities);
#else
  const auto o = kd::sum<batch, other>(similarities);
#endif
  return kd::evaluate(o, similarities = S).value();
}
