// SPDX-License-Identifier: MIT
// The mathematics of examples/01_soft_targets.cpp written by hand with Eigen: what its compile time is compared with.
#include <cmath>
#include <iostream>

#include <Eigen/Core>

struct step {
  float value, divergence, cross_entropy;
  Eigen::ArrayXXf gradient;
};

Eigen::ArrayXXf log_softmax(const Eigen::ArrayXXf& z) {
  const Eigen::ArrayXXf shifted = z.colwise() - z.rowwise().maxCoeff();
  return shifted.colwise() - shifted.exp().rowwise().sum().log();
}

step soft_targets(const Eigen::MatrixXf& S, const Eigen::MatrixXf& Z, const Eigen::VectorXi& labels,
                  float T, float alpha) {
  const Eigen::Index rows = S.rows();
  const Eigen::ArrayXXf log_s = log_softmax(S.array() / T), log_t = log_softmax(Z.array() / T),
                        log_p = log_softmax(S.array());
  const Eigen::ArrayXXf p_t = log_t.exp();
  step result;
  result.divergence = T * T * (p_t * (log_t - log_s)).sum() / static_cast<float>(rows);
  result.cross_entropy = 0;
  result.gradient = alpha * T * (log_s.exp() - p_t) + (1 - alpha) * log_p.exp();
  for (Eigen::Index b = 0; b < rows; ++b) {
    result.cross_entropy -= log_p(b, labels(b)) / static_cast<float>(rows);
    result.gradient(b, labels(b)) -= 1 - alpha;
  }
  result.gradient /= static_cast<float>(rows);
  result.value = alpha * result.divergence + (1 - alpha) * result.cross_entropy;
  return result;
}

int main() {
  Eigen::MatrixXf S(2, 3), Z(2, 3);
  S << 1, 2, 0, 0, 1, 3;
  Z << 0, 4, 1, 1, 0, 5;
  Eigen::VectorXi labels(2);
  labels << 1, 2;
  const float progress = 0.5f;
  const float T = 2 + (8 - 2) * (1 + std::cos(3.14159265f * progress)) / 2,
              alpha = 0.9f + (0.5f - 0.9f) * progress;
  const step s = soft_targets(S, Z, labels, T, alpha);
  std::cout << "value         " << s.value << '\n'
            << "KL divergence " << s.divergence << '\n'
            << "cross-entropy " << s.cross_entropy << '\n'
            << "gradient\n"
            << s.gradient << '\n';
}
