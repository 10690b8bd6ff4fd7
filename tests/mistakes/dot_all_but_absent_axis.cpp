// SPDX-License-Identifier: MIT
// expect: kd: dot_all_but sums over every axis of its first argument but those it names
// expect: check_summed
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"conv2", batch, channel, feature>;
constexpr auto w = kd::learnable<"w", feature, classes>;

double mistake(float* f, const Eigen::MatrixXf& W) {
#ifdef KD_MISTAKE
  const auto scores = kd::dot_all_but<batch>(fs, w);
#else
  const auto scores = kd::dot_all_but<batch>(kd::mean<channel>(fs), w);
#endif
  const auto o = kd::mean<batch, classes>(kd::square(scores));
  return kd::evaluate(o, fs = kd::tensor(f, {2, 3, 4}), w = W).value();
}
