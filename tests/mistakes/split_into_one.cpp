// SPDX-License-Identifier: MIT
// expect: kd: split<from, to...> needs two new axes or more, each once
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"hidden", batch, feature>;

double mistake(const Eigen::MatrixXf& F) {
#ifdef KD_MISTAKE
  const auto heads = kd::split<feature, head>(fs);
#else
  const auto heads = kd::split<feature, head, channel>(fs);
#endif
  return kd::evaluate(kd::sum_all_but<>(heads), fs = F, head(4)).value();
}
