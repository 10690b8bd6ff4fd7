// SPDX-License-Identifier: MIT
// Features of other widths: a learnable projection takes the student's to the teacher's, and gets a
// gradient; similarities of samples need no projection.
// Romero et al. FitNets: Hints for Thin Deep Nets. ICLR 2015. arXiv:1412.6550, equation 3.
// Tung, Mori. Similarity-Preserving Knowledge Distillation. ICCV 2019. arXiv:1907.09682.
#include <cstdlib>
#include <iostream>

#include <kd/kd.hpp>
using namespace kd::axes;

constexpr auto fs = kd::student<"feature", batch, feature>;
constexpr auto ft = kd::teacher<"feature", batch, teacher_feature>;
constexpr auto W = kd::learnable<"projection", teacher_feature, feature>;

int main() {
  const auto projected = kd::dot<feature>(fs, W);  // (batch, teacher_feature)
  const auto hint = kd::named<"hint">(kd::mean<batch, teacher_feature>(kd::square(projected - ft)));

  // A sample's similarities to the others: the same tensor twice, its batch once called `other`.
  const auto similar_s = kd::cosine_similarity<feature>(fs, kd::as<batch, other>(fs));
  const auto similar_t = kd::cosine_similarity<teacher_feature>(ft, kd::as<batch, other>(ft));
  const auto similarity =
      kd::named<"similarity">(kd::mean<batch, other>(kd::square(similar_s - similar_t)));

  std::srand(1);
  Eigen::MatrixXf F = Eigen::MatrixXf::Random(8, 3), Z = Eigen::MatrixXf::Random(8, 5);
  Eigen::MatrixXf P = Eigen::MatrixXf::Random(5, 3);  // (teacher_feature, feature)
  Eigen::MatrixXf dF(8, 3), dP(5, 3);

  auto program = kd::compile(hint + similarity, kd::eigen, batch(8));
  for (int i = 0; i <= 200; ++i) {
    const auto& step = program(fs = F, ft = Z, W = P, kd::gradient(fs) = dF, kd::gradient(W) = dP);
    if (i % 50 == 0)
      std::cout << "step " << i << "  hint " << step.term<"hint">() << "  similarity "
                << step.term<"similarity">() << "  |dP| " << dP.norm() << '\n';
    F -= dF;  // a network would take dF back through its layers
    P -= dP;
  }
}
