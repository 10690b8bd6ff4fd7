// SPDX-License-Identifier: MIT
// expect: kd: a loss in the argument of 'check_rows' compares rows with each other
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto mask = kd::given<"mask", batch>;

double mistake(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, const Eigen::VectorXf& M) {
  const auto relation = kd::similarity_preserving(zs, zt);
#ifdef KD_MISTAKE
  const auto o = kd::weighted(kd::kl_divergence(zs, zt) + relation, mask);
#else
  const auto o = kd::weighted(kd::kl_divergence(zs, zt), mask) + relation;
#endif
  return kd::evaluate(o, zs = S, zt = Z, mask = M).value();
}
