// SPDX-License-Identifier: MIT
// Scale-decoupled distillation:  L = mean over batch and regions of  w T^2 KL(p_t, p_s),
// where a region's logits are the map of logits averaged over it, and w is 2 if the teacher is
// right there and wrong about the whole image, or the other way round, else 1.
// Wei, Luo, Luo. Scaled Decoupled Distillation. CVPR 2024. arXiv:2403.13512; w as in their code.
#include <vector>

#include <kd/kd.hpp>

#include "central_differences.hpp"
using namespace kd::axes;

inline constexpr struct region : kd::axis<"region"> {
} region;

constexpr auto zs = kd::student<"logit map", batch, classes, space>;
constexpr auto zt = kd::teacher<"logit map", batch, classes, space>;
constexpr auto pooling = kd::given<"pooling", region, space>;  // its rows average
constexpr auto y = kd::labels<"y", batch>;

// (batch) or (batch, region). 1 where the largest logit is the label's, else 0.
constexpr auto is_right(auto z) { return kd::equal(kd::pick<classes>(z, y), kd::max<classes>(z)); }

constexpr auto scale_decoupled(auto student, auto teacher, kd::schedule temperature) {
  const auto T = kd::positive<"temperature">(temperature);
  const auto s = kd::dot<space>(student, pooling);  // (batch, classes, region)
  const auto t = kd::dot<space>(teacher, pooling);
  const auto differ = kd::abs(is_right(t) - is_right(kd::mean<space>(teacher)));  // (batch, region)
  const auto divergence =
      kd::kl<classes>(kd::log_softmax<classes>(t / T), kd::log_softmax<classes>(s / T));
  return kd::named<"scale_decoupled">(
      kd::mean<batch, region>((1 + differ) * kd::square(T) * divergence));
}

int main() {
  // Maps of 2 x 2 positions in scales 1 and 2: the whole image, then each position.
  Eigen::MatrixXd P(5, 4);
  P << 0.25, 0.25, 0.25, 0.25, Eigen::MatrixXd::Identity(4, 4);
  Eigen::MatrixXd S = Eigen::MatrixXd::Random(3 * 6, 4), Z = 3 * Eigen::MatrixXd::Random(3 * 6, 4);
  Eigen::MatrixXd G(3 * 6, 4);
  const std::vector<int> labels{0, 3, 5};
  // Eigen's matrices are column-major: (batch, classes) runs down a column, space along a row.
  const auto map = [](auto& m) { return kd::tensor(m.data(), {3, 6, 4}, {6, 1, 18}); };

  auto program = kd::compile<double>(scale_decoupled(zs, zt, 4), kd::eigen);
  const auto call = [&](const auto&... gradient) {
    return program(zs = map(S), zt = map(Z), pooling = P, y = labels, gradient...).value();
  };
  std::cout << "value " << call(kd::gradient(zs) = map(G)) << '\n';
  return is_the_slope("the logits", G, S, call) ? 0 : 1;
}
