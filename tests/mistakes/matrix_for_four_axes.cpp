// SPDX-License-Identifier: MIT
// expect: kd: a tensor's type has another number of axes than its input
// expect: tensor_has_the_axes<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"conv2", batch, channel, height, width>;

double mistake(const Eigen::MatrixXf& F) {
  const auto o = kd::mean<batch, channel, height, width>(kd::square(fs));
#ifdef KD_MISTAKE
  return kd::evaluate(o, fs = F).value();
#else
  return kd::evaluate(o, fs = kd::tensor(F.data(), {2, 3, 4, 5})).value();
#endif
}
