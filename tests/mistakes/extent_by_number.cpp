// SPDX-License-Identifier: MIT
// expect: kd: an argument is neither a binding (input = tensor), nor a gradient's destination
// expect: argument_is_known
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"hidden", batch, feature>;

double mistake(const Eigen::MatrixXf& F) {
  const auto o = kd::sum_all_but<>(kd::split<feature, head, channel>(fs));
#ifdef KD_MISTAKE
  return kd::evaluate(o, fs = F, 4).value();
#else
  return kd::evaluate(o, fs = F, head(4)).value();
#endif
}
