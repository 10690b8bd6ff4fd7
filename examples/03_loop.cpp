// SPDX-License-Identifier: MIT
// Compile once, call often: plain gradient descent on the student's logits themselves, while the
// temperature falls.
#include <iostream>

#include <kd/kd.hpp>
using namespace kd::axes;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;

int main() {
  Eigen::MatrixXf S = Eigen::MatrixXf::Zero(4, 10), Z(4, 10), G(4, 10);  // (batch, classes)
  for (Eigen::Index i = 0; i < Z.size(); ++i) Z(i) = static_cast<float>(i * i % 11) / 2;

  auto program = kd::compile(kd::kl_divergence(zs, zt, {.temperature = kd::linear(4, 1)}),
                             kd::eigen, batch(4), classes(10));
  const int steps = 100;
  for (int i = 0; i <= steps; ++i) {
    const auto& step =
        program(kd::at(static_cast<double>(i) / steps), zs = S, zt = Z, kd::gradient(zs) = G);
    if (i % 25 == 0) std::cout << "step " << i << "  KL " << step.value() << '\n';
    S -= 4 * G;
  }
}
