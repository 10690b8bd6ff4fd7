// SPDX-License-Identifier: MIT
// expect: kd: a tensor is bound that kd does not know
// expect: tensor_is_known<
// expect: picture
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
struct picture {
  float* pixels;
};

double mistake(picture p) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::mean<batch, classes>(zs), zs = p).value();
#else
  return kd::evaluate(kd::mean<batch, classes>(zs), zs = kd::tensor(p.pixels, {2, 3})).value();
#endif
}
