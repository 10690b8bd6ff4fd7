// SPDX-License-Identifier: MIT
// expect: kd: weighted, per_row and skip_non_finite take a loss of rows, and what was given
// expect: check_rows
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto mask = kd::given<"mask", batch>;

double mistake(const Eigen::MatrixXf& S, const Eigen::VectorXf& M) {
#ifdef KD_MISTAKE
  const auto o = kd::weighted(kd::mean<batch>(kd::log_sum_exp<classes>(zs)), mask);
#else
  const auto o = kd::weighted(kd::mean_of_rows(kd::log_sum_exp<classes>(zs)), mask);
#endif
  return kd::evaluate(o, zs = S, mask = M).value();
}
