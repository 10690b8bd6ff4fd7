// SPDX-License-Identifier: MIT
// A loop and a network of your own: kd gives the loss and its gradient with respect to the logits,
// all else is plain Eigen. A linear student learns from few samples, many of them with a wrong
// label, alone and with a teacher's help.
#include <iostream>
#include <random>
#include <vector>

#include <kd/kd.hpp>
using namespace kd::axes;
using Eigen::MatrixXf;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

constexpr int features = 20, kinds = 5, samples = 128, size = 32, epochs = 60;

MatrixXf draw(int rows, int columns, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  return MatrixXf::NullaryExpr(rows, columns, [&] { return normal(random); });
}

std::vector<int> predict(const MatrixXf& logits) {
  std::vector<int> found(static_cast<std::size_t>(logits.rows()));
  for (Eigen::Index i = 0; i < logits.rows(); ++i)
    logits.row(i).maxCoeff(&found[static_cast<std::size_t>(i)]);
  return found;
}

/// A student's accuracy on samples that it has not seen, when the teacher has this share in it.
double train(double share) {
  const MatrixXf teacher = draw(features, kinds, 1);  // (feature, class)
  const MatrixXf x = draw(samples, features, 2), test = draw(2000, features, 3);
  std::vector<int> labels = predict(x * teacher);
  for (std::size_t i = 0; i < labels.size(); i += 3) labels[i] = static_cast<int>(i) % kinds;

  const auto soft = kd::kl_divergence(zs, zt, {.temperature = kd::linear(4, 2)});
  const auto objective = share * soft + (1 - share) * kd::cross_entropy(zs, y);
  auto program = kd::compile(objective, kd::eigen, batch(size), classes(kinds));
  const kd::schedule rate = kd::cosine(1, 0);

  MatrixXf student = MatrixXf::Zero(features, kinds), gradient(size, kinds);
  for (int step = 0; step < epochs * samples / size; ++step) {
    const double progress = static_cast<double>(step) * size / (epochs * samples);
    const int begin = step * size % samples;
    const MatrixXf some = x.middleRows(begin, size);  // (batch, feature)
    const std::vector<int> its(labels.begin() + begin, labels.begin() + begin + size);
    const MatrixXf S = some * student, Z = some * teacher;
    program(kd::at(progress), zs = S, zt = Z, y = its, kd::gradient(zs) = gradient);
    student -= static_cast<float>(rate(progress)) * (some.transpose() * gradient);
  }

  const std::vector<int> expected = predict(test * teacher), found = predict(test * student);
  int right = 0;
  for (std::size_t i = 0; i < found.size(); ++i) right += found[i] == expected[i];
  return right / 2000.0;
}

int main() {
  const double alone = train(0), distilled = train(0.9);
  std::cout << "alone " << alone << ", distilled " << distilled << '\n';
  return distilled > alone ? 0 : 1;
}
