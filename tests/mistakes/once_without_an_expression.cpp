// SPDX-License-Identifier: MIT
// expect: kd: once(formula, operands...) takes a function of as many expressions as there are operands
// expect: formula_makes_an_expression<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::MatrixXf& S) {
  const auto shrink = [](auto h) { return h * kd::tanh(h); };
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, classes>(kd::once(shrink, 2.0 * zs, 3.0)), zs = S).value();
#else
  return kd::evaluate(kd::mean<batch, classes>(kd::once(shrink, 2.0 * zs)), zs = S).value();
#endif
}
