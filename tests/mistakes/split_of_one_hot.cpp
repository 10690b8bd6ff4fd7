// SPDX-License-Identifier: MIT
// expect: kd: a view shows part of an axis that a one_hot, gradient_of or, merged, a position makes
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  const auto groups = kd::split<classes, query, key>(zs * kd::one_hot<classes>(y));
#else
  const auto groups = kd::split<classes, query, key>(zs * kd::position<classes>);
#endif
  const auto o = kd::sum_all_but<>(groups) + 0 * kd::cross_entropy(zs, y);
  return kd::evaluate(o, zs = S, y = labels, query(2)).value();
}
