// SPDX-License-Identifier: MIT
// expect: kd: as<from, to> needs a new name
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto f = kd::student<"features", batch, feature>;

double mistake(const Eigen::MatrixXf& F) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, feature>(f * kd::as<batch, feature>(f)), f = F).value();
#else
  return kd::evaluate(kd::mean<batch, other>(kd::dot<feature>(f, kd::as<batch, other>(f))), f = F)
      .value();
#endif
}
