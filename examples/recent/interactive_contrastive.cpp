// SPDX-License-Identifier: MIT
// Interactive contrastive learning:  L = 1/2 (C(image, teacher's text) + C(text, teacher's image)),
//   C(s, t) = mean over b of  log sum_o exp(s_b.t_o / tau) - s_b.t_b / tau,   |s_b| = |t_o| = 1.
// Yang et al. CLIP-KD: An Empirical Study of CLIP Model Distillation. CVPR 2024. arXiv:2307.12732.
// Learnable: tau, and as the student is narrower, a projection of its images and one of its texts.
#include <kd/kd.hpp>

#include "central_differences.hpp"
using namespace kd::axes;

constexpr auto image = kd::student<"image", batch, feature>;
constexpr auto text = kd::student<"text", batch, feature>;
constexpr auto teacher_image = kd::teacher<"image", batch, teacher_feature>;
constexpr auto teacher_text = kd::teacher<"text", batch, teacher_feature>;
constexpr auto from_image = kd::learnable<"from image", teacher_feature, feature>;
constexpr auto from_text = kd::learnable<"from text", teacher_feature, feature>;
constexpr auto scale = kd::learnable<"scale">;  // no axes: a scalar, log 1/tau

// Scalar. The student is (batch, feature), the teacher (batch, teacher_feature).
constexpr auto contrast(auto student, auto projection, auto teacher) {
  const auto s = kd::normalize<teacher_feature>(kd::dot<feature>(student, projection));
  const auto t = kd::normalize<teacher_feature>(teacher);  // both (batch, teacher_feature)
  const auto every = kd::dot<teacher_feature>(s, kd::as<batch, other>(t));  // (batch, other)
  const auto own = kd::sum<teacher_feature>(s * t);                         // (batch)
  return kd::mean<batch>(kd::log_sum_exp<other>(kd::exp(scale) * every) - kd::exp(scale) * own);
}

int main() {
  const auto objective =
      (contrast(image, from_image, teacher_text) + contrast(text, from_text, teacher_image)) / 2;

  using Matrix = Eigen::MatrixXd;
  Matrix I = Matrix::Random(5, 4), X = Matrix::Random(5, 4);        // (batch, feature)
  Matrix V = Matrix::Random(6, 4), W = Matrix::Random(6, 4);        // (teacher_feature, feature)
  const Matrix J = Matrix::Random(5, 6), Y = Matrix::Random(5, 6);  // (batch, teacher_feature)
  Matrix a = Matrix::Constant(1, 1, std::log(1 / 0.07));            // where CLIP starts
  Matrix dI(5, 4), dV(6, 4), da(1, 1);

  auto program = kd::compile<double>(objective, kd::eigen);
  const auto call = [&](const auto&... gradients) {
    return program(image = I, text = X, teacher_image = J, teacher_text = Y, from_image = V,
                   from_text = W, scale = kd::tensor(a.data(), {}), gradients...)
        .value();
  };
  std::cout << "value "
            << call(kd::gradient(image) = dI, kd::gradient(from_image) = dV,
                    kd::gradient(scale) = kd::tensor(da.data(), {}))
            << '\n';
  const bool right = is_the_slope("the images", dI, I, call) &&
                     is_the_slope("their projection", dV, V, call) &&
                     is_the_slope("the scale", da, a, call);
  return right ? 0 : 1;
}
