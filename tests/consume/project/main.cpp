// SPDX-License-Identifier: MIT
// A user's program in two files, so that what kd defines twice would not link.
#include <cmath>

#include <kd/kd.hpp>
using namespace kd::axes;

#if defined(HAS_THREADS) && !defined(_OPENMP)
#error "kd::openmp was linked and OpenMP is off"
#endif

double value_in_second_file(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z);

int main() {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto zt = kd::teacher<"logits", batch, classes>;
  const Eigen::MatrixXf S = Eigen::MatrixXf::Constant(2, 3, 1), Z = Eigen::MatrixXf::Identity(2, 3);
  const auto step = kd::evaluate(kd::kl_divergence(zs, zt), zs = S, zt = Z);
  return std::isfinite(step.value()) && step.value() == value_in_second_file(S, Z) ? 0 : 1;
}
