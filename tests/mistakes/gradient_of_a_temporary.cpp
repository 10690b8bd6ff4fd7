// SPDX-License-Identifier: MIT
// expect: kd: this gradient is a view of memory that ends with the result; keep the result
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto fs = kd::student<"conv2", batch, channel, height, width>;
constexpr auto o = kd::mean<batch, channel, height, width>(kd::square(fs));

const float* mistake(float* f) {
  const auto maps = kd::tensor(f, {2, 3, 4, 4});
#ifdef KD_MISTAKE
  return kd::evaluate(o, fs = maps).gradient(fs).data;
#else
  static const auto result = kd::evaluate(o, fs = maps);
  return result.gradient(fs).data;
#endif
}
