// SPDX-License-Identifier: MIT
// Hinton's objective on Eigen matrices: value, parts and gradient from one expression.
#include <iostream>

#include <kd/kd.hpp>
using namespace kd::axes;

constexpr auto zs = kd::student<"logits", batch, classes>;  // gets a gradient
constexpr auto zt = kd::teacher<"logits", batch, classes>;  // a constant
constexpr auto y = kd::labels<"y", batch>;

int main() {
  Eigen::MatrixXf S(2, 3), Z(2, 3);  // (batch, classes)
  S << 1, 2, 0, /**/ 0, 1, 3;
  Z << 0, 4, 1, /**/ 1, 0, 5;
  Eigen::VectorXi labels(2);  // (batch)
  labels << 1, 2;

  const auto T = kd::cosine(8, 2);  // schedules: scalars that move with progress
  const auto alpha = kd::linear(0.9, 0.5);
  const auto objective =
      alpha * kd::kl_divergence(zs, zt, {.temperature = T})  // Hinton et al., 2015
      + (1 - alpha) * kd::cross_entropy(zs, y);

  const auto step = kd::evaluate(objective, kd::at(0.5), zs = S, zt = Z, y = labels);
  std::cout << "value         " << step.value() << '\n'
            << "KL divergence " << step.term<"kl_divergence">() << '\n'
            << "cross-entropy " << step.term<"cross_entropy">() << '\n'
            << "gradient\n"
            << step.gradient(zs) << '\n';
}
