// SPDX-License-Identifier: MIT
// expect: kd: scatter adds numbers along an axis that it makes
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto p = kd::student<"p", batch, top>;
constexpr auto ids = kd::labels<"ids", batch, top>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& P, const Eigen::MatrixXi& labels) {
#ifdef KD_MISTAKE
  const auto sum = kd::sum<batch, classes>(zs * kd::scatter<classes>(zs, ids));
#else
  const auto sum = kd::sum<batch, classes>(zs * kd::scatter<classes>(p, ids));
#endif
  return kd::evaluate(sum, zs = S, p = P, ids = labels).value();
}
