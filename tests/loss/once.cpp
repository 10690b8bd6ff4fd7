// SPDX-License-Identifier: MIT
// Every loss reads its arguments and options once.
#include <kd/kd.hpp>
#include "support/read_once.hpp"

using namespace kd::axes;
using kd::test::check_once;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto some = kd::ignoring(y, -100);
constexpr auto w = kd::given<"w", batch>;

#define KD_LOSS(name) #name, [](auto... x) { return kd::name(x...); }
#define KD_LOSS_OF(name, labels) #name, [](auto... x) { return kd::name(x..., labels); }

}  // namespace

TEST_CASE("once: losses of a student and a teacher") {
  check_once(KD_LOSS(alpha_beta_divergence), 3, zs, zt);
  check_once(KD_LOSS(binary_cross_entropy), 0, zs, zt);
  check_once(KD_LOSS(binary_cross_entropy_with_targets), 0, zs, zt);
  check_once(KD_LOSS(curriculum_temperature), 3, zs, zt, kd::learnable<"a">);
  check_once(KD_LOSS(dist), 3, zs, zt);
  check_once(KD_LOSS(jensen_shannon), 2, zs, zt);
  check_once(KD_LOSS(kl_divergence), 1, zs, zt);
  check_once(KD_LOSS(listwise_ranking), 1, zs, zt);
  check_once(KD_LOSS(logit_mse), 0, zs, zt);
  check_once(KD_LOSS(logit_standardization), 2, zs, zt);
  check_once(KD_LOSS(multi_level_logit), 0, zs, zt, kd::given<"temperatures", level>);
  check_once(KD_LOSS(pairwise_ranking), 1, zs, zt);
  check_once(KD_LOSS(reverse_kl_divergence), 1, zs, zt);
  check_once(KD_LOSS(reverse_skew_kl_divergence), 2, zs, zt);
  check_once(KD_LOSS(similarity_preserving), 0, kd::student<"f", batch, feature>,
             kd::teacher<"g", batch, teacher_feature>);
  check_once(KD_LOSS(skew_kl_divergence), 2, zs, zt);
  check_once(KD_LOSS(soft_cross_entropy), 1, zs, zt);
  check_once(KD_LOSS(soft_targets), 1, zs, zt);
  check_once(KD_LOSS(total_variation), 1, zs, zt);
  check_once(KD_LOSS(transformed_teacher), 1, zs, zt);
  check_once(KD_LOSS(weighted_transformed_teacher), 1, zs, zt);
}
TEST_CASE("once: losses of labels") {
  check_once(KD_LOSS_OF(cross_entropy, y), 0, zs);
  check_once(KD_LOSS_OF(decoupled, y), 3, zs, zt);
  check_once(KD_LOSS_OF(normalized, y), 2, zs, zt);
  check_once(KD_LOSS_OF(self_label_smoothing, y), 2, zs);
  check_once(KD_LOSS_OF(soft_targets, y), 2, zs, zt);
  check_once(KD_LOSS_OF(weighted_soft_labels, y), 1, zs, zt);
  const auto smoothed = [](auto z) { return kd::cross_entropy(z, y, {.label_smoothing = 0.1}); };
  check_once("cross_entropy with options", smoothed, 2, zs);
  const auto stored = [](auto z, auto log_p) {
    return kd::topk_kl_divergence(z, kd::labels<"indices", batch, top>, log_p);
  };
  check_once("topk_kl_divergence", stored, 1, zs, kd::teacher<"log_p", batch, top>);
}
TEST_CASE("once: losses of labels that may be ignored have one scalar more") {
  check_once(KD_LOSS_OF(cross_entropy, some), 1, zs);
  check_once(KD_LOSS_OF(decoupled, some), 4, zs, zt);
  check_once(KD_LOSS_OF(normalized, some), 3, zs, zt);
  check_once(KD_LOSS_OF(self_label_smoothing, some), 3, zs);
  check_once(KD_LOSS_OF(soft_targets, some), 4, zs, zt);  // one in each of its two losses
  check_once(KD_LOSS_OF(weighted_soft_labels, some), 2, zs, zt);
}
TEST_CASE("once: losses whose rows are weighed, kept or left out") {
  const auto weighted = [](auto s, auto t, auto weights) {
    return kd::weighted(kd::decoupled(s, t, some), weights);
  };
  check_once("weighted", weighted, 4, zs, zt, w);
  const auto per_row = [](auto s, auto t) {
    return kd::sum<batch>(kd::per_row(kd::decoupled(s, t, some)));
  };
  check_once("per_row", per_row, 4, zs, zt);
  const auto skipped = [](auto s, auto t) {
    return kd::skip_non_finite(kd::decoupled(s, t, some));
  };
  check_once("skip_non_finite", skipped, 4, zs, zt);
}
TEST_CASE("once: numbers reach the arguments they stand in, and options the loss") {
  const auto loss = [](auto s, auto t) {
    return kd::weighted(kd::decoupled(s, t, some, {.beta = 2, .temperature = 3}), 5.0 * w);
  };
  Eigen::MatrixXd S(3, 4), T(3, 4);
  S << 1, 2, 0, -1, 3, 1, 1, 0, 2, -2, 5, 1;
  T << 0, 2, 1, -1, 2, 2, 1, 1, 1, -1, 4, 0;
  const std::vector<int> labels{1, -100, 2};
  const std::vector<double> weights{1, 2, 3};
  const auto run = [&](const auto& o, const Eigen::MatrixXd& s, const Eigen::MatrixXd& t) {
    return kd::evaluate(o, zs = s, zt = t, y = labels, w = weights);
  };
  const auto numbers = run(loss(0.5 * zs, 0.25 * zt), S, T);
  const auto bare = run(loss(zs, zt), 0.5 * S, 0.25 * T);
  CHECK(numbers.value() == Approx(bare.value()));
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 4; ++k)
      CHECK(numbers.gradient(zs)(i, k) == Approx(0.5 * bare.gradient(zs)(i, k)).margin(1e-14));
}
