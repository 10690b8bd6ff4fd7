// SPDX-License-Identifier: MIT
// Two teachers: each has a name, each part of the objective has one, and every row trusts the
// teacher that is more often right about it, as in
// Zhang, Chen, Wang. Confidence-Aware Multi-Teacher Knowledge Distillation. ICASSP 2022.
// arXiv:2201.00007, equations 2 to 4.
#include <iostream>
#include <vector>

#include <kd/kd.hpp>
using namespace kd::axes;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto za = kd::model<"resnet">::teacher<"logits", batch, classes>;
constexpr auto zb = kd::model<"transformer">::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

// (batch). How far a row of logits is from its label.
constexpr auto doubt(auto logits) {
  return -kd::pick<classes>(kd::log_softmax<classes>(logits), y);
}

// (batch). The divergence of every row from one teacher.
constexpr auto divergence(auto teacher) {
  return kd::kl<classes>(kd::log_softmax<classes>(teacher), kd::log_softmax<classes>(zs));
}

int main() {
  // With two teachers, the weights 1 - softmax(doubt) are the doubts about the other.
  const auto trust_a = kd::sigmoid(doubt(zb) - doubt(za));  // (batch)
  const auto objective = kd::named<"resnet">(kd::mean<batch>(trust_a * divergence(za))) +
                         kd::named<"transformer">(kd::mean<batch>((1 - trust_a) * divergence(zb))) +
                         0.5 * kd::cross_entropy(zs, y);

  Eigen::MatrixXf S(2, 3), A(2, 3), B(2, 3);  // (batch, classes)
  S << 1, 0, 0, /**/ 0, 1, 0;
  A << 4, 0, 0, /**/ 2, 1, 0;  // right about the first row, wrong about the second
  B << 1, 1, 0, /**/ 0, 5, 0;  // in doubt about the first row, right about the second
  const std::vector<int> labels{0, 1};

  const auto step = kd::evaluate(objective, zs = S, za = A, zb = B, y = labels);
  std::cout << "value         " << step.value() << '\n'
            << "resnet        " << step.term<"resnet">() << '\n'
            << "transformer   " << step.term<"transformer">() << '\n'
            << "cross-entropy " << step.term<"cross_entropy">() << "  (without its weight)\n"
            << "gradient\n"
            << step.gradient(zs) << '\n';
}
