// SPDX-License-Identifier: MIT
// expect: kd: == compares an expression with what is neither
// expect: tensor_is_bound_by_one_sign<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  return kd::evaluate(o, zs == S).value();
#else
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  return kd::evaluate(o, zs = S).value();
#endif
}
