// SPDX-License-Identifier: MIT
// expect: kd: as<from, to> needs a new name, and so do slice, merge, split and pool
// expect: check_new_axis
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"hidden", batch, token, feature>;

double mistake(float* f) {
#ifdef KD_MISTAKE
  const auto heads = kd::split<feature, head, token>(fs);
#else
  const auto heads = kd::split<feature, head, channel>(fs);
#endif
  return kd::evaluate(kd::sum_all_but<>(heads), fs = kd::tensor(f, {2, 3, 8}), head(4)).value();
}
