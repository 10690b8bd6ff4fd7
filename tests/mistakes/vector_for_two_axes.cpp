// SPDX-License-Identifier: MIT
// expect: kd: a tensor's type has another number of axes than its input
// expect: tensor_has_the_axes<
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

double mistake(const std::vector<float>& S) {
  const auto o = kd::mean<batch, classes>(kd::square(zs));
#ifdef KD_MISTAKE
  return kd::evaluate(o, zs = S).value();
#else
  return kd::evaluate(o, zs = kd::tensor(S.data(), {2, 3})).value();
#endif
}
