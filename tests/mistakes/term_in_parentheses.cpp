// SPDX-License-Identifier: MIT
// expect: kd: the name of a term is known when the program is compiled
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

double mistake(const Eigen::MatrixXf& S, const std::vector<int>& labels) {
#ifdef KD_MISTAKE
  return kd::evaluate(kd::cross_entropy(zs, y), zs = S, y = labels).term("cross_entropy");
#else
  return kd::evaluate(kd::cross_entropy(zs, y), zs = S, y = labels).term<"cross_entropy">();
#endif
}
