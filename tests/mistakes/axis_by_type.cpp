// SPDX-License-Identifier: MIT
// expect: kd: axes are objects, not texts or types
// expect: axes_are_objects
#include <kd/kd.hpp>
using namespace kd::axes;
struct layer_axis : kd::axis<"layer"> {};
inline constexpr struct layer : kd::axis<"layer"> {
} layer;
constexpr auto zs = kd::student<"logits", batch, layer>;

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  const auto o = kd::sum<layer_axis>(zs);
#else
  const auto o = kd::sum<layer>(zs);
#endif
  return kd::evaluate(kd::mean<batch>(o), zs = S).value();
}
