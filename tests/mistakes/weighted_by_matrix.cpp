// SPDX-License-Identifier: MIT
// expect: kd: an operation along axes takes expressions, and something else was given
// expect: operands_have_axes
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto mask = kd::given<"mask", batch>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& labels, const Eigen::VectorXf& M) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::weighted(kd::cross_entropy(zs, y), M), zs = S, y = labels).value();
#else
  return kd::evaluate(kd::weighted(kd::cross_entropy(zs, y), mask), zs = S, y = labels, mask = M)
      .value();
#endif
}
