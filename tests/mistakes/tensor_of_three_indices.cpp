// SPDX-License-Identifier: MIT
// expect: kd: a tensor's type has another number of axes than its input
// expect: tensor_has_the_axes<
#include <unsupported/Eigen/CXX11/Tensor>
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const Eigen::Tensor<float, 3>& S, const Eigen::Tensor<float, 2>& Z) {
  const auto o = kd::mean<batch, classes>(kd::square(zs));
#ifdef KD_MISTAKE
  return static_cast<void>(Z), kd::evaluate(o, zs = S).value();
#else
  return static_cast<void>(S), kd::evaluate(o, zs = Z).value();
#endif
}
