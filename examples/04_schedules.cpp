// SPDX-License-Identifier: MIT
// Numbers that move: with the progress of training, and with how it goes.
#include <iomanip>
#include <iostream>
#include <vector>

#include <kd/kd.hpp>
using namespace kd::axes;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

int main() {
  // Of progress, as text: the C++ without kd::, so a settings file can hold it.
  const kd::schedule temperature = kd::parse_schedule("warmup(0.25, cosine(8, 2)) + 1");
  std::cout << "temperature " << kd::describe(temperature) << "\n\n";
  try {
    kd::parse_schedule("cosine(8, 2");
  } catch (const kd::value_error& error) { std::cout << error.what() << "\n\n"; }

  // Of how training goes: the teacher's weight halves when the cross-entropy has not fallen for
  // longer than two epochs. The program watches it, so it stands before the program.
  kd::plateau trust({.start = 0.9, .factor = 0.5, .patience = 2, .margin = 0.01});
  const auto alpha = kd::watch(trust.value());  // schedules are numbers in arithmetic
  auto program = kd::compile(alpha * kd::kl_divergence(zs, zt, {.temperature = temperature}) +
                                 (1 - alpha) * kd::cross_entropy(zs, y),
                             kd::eigen, batch(4), classes(6));

  Eigen::MatrixXf S = Eigen::MatrixXf::Zero(4, 6), Z(4, 6), G(4, 6);
  for (Eigen::Index i = 0; i < Z.size(); ++i) Z(i) = static_cast<float>(i * i % 7);
  const std::vector<int> labels{3, 1, 4, 5};

  const kd::timeline epoch(40);  // epoch(10) is progress 0.25
  const auto rate = kd::step({{0, 2}, {epoch(30), 0.5}});
  std::cout << "epoch  temperature  alpha  rate     KL  cross-entropy\n"
            << std::fixed << std::setprecision(2);
  for (int e = 0; e <= 40; ++e) {
    const double now = epoch(e);
    const auto& step = program(kd::at(now), zs = S, zt = Z, y = labels, kd::gradient(zs) = G);
    if (e % 5 == 0)
      std::cout << std::setw(5) << e << std::setw(13) << temperature(now) << std::setw(7)
                << alpha(now) << std::setw(6) << rate(now) << std::setw(7)
                << step.term<"kl_divergence">() << std::setw(15) << step.term<"cross_entropy">()
                << '\n';
    trust.observe(step.term<"cross_entropy">());
    S -= static_cast<float>(rate(now)) * G;
  }
}
