// SPDX-License-Identifier: MIT
// expect: kd: weights have an axis that the rows of a loss
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto mask = kd::given<"mask", batch, token>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& labels, const Eigen::MatrixXf& M) {
#ifdef KD_MISTAKE
  const auto o = kd::weighted(kd::cross_entropy(zs, y), mask);
#else
  const auto o = kd::weighted(kd::cross_entropy(zs, y), kd::mean<token>(mask));
#endif
  return kd::evaluate(o, zs = S, y = labels, mask = M).value();
}
