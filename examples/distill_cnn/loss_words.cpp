// SPDX-License-Identifier: MIT
// What each loss is, in ASCII for a terminal. p_s, p_t: softmax of logits / T of student and
// teacher; y: labels. docs/losses.md has the formulas and papers.
#include "catalogue.hpp"

#include <utility>

namespace example {

std::string_view words_of(const loss& l) {
  static constexpr std::pair<std::string_view, std::string_view> all[] = {
      {"alpha_beta_divergence", "T^2 times a divergence between KL(p_t, p_s) and KL(p_s, p_t)"},
      {"attention_transfer", "(a_s - a_t)^2 of normalised attention maps"},
      {"binary_cross_entropy", "each class by itself, against the teacher's sigmoid"},
      {"binary_cross_entropy_with_targets", "each class by itself, against the labels"},
      {"cross_entropy", "-log p_s[y]: of the labels"},
      {"curriculum_temperature", "T^2 KL(p_t, p_s) at a T that is learnt to maximise it"},
      {"decoupled", "T^2 (alpha KL of label and rest + beta KL within the rest)"},
      {"dist", "T^2 (1 - correlation of p_s and p_t), over classes and over the batch"},
      {"hint", "(W f_s - f_t)^2 of maps, W a 1 x 1 convolution that is learnt, too"},
      {"jensen_shannon", "T^2 (beta KL(p_t, m) + (1 - beta) KL(p_s, m)), m a mixture"},
      {"kl_divergence", "T^2 KL(p_t, p_s)"},
      {"listwise_ranking", "-sum p_t log p_s, classes as a ranked list"},
      {"logit_mse", "(z_s - z_t)^2 of logits"},
      {"logit_standardization", "KL of logits of mean 0 and deviation 1, over T; without T^2"},
      {"multi_level_logit", "T^2 KL and Gram matrices of samples and classes, at several T"},
      {"normalized", "-p_t[y] log p_s[y], and T^2 cross-entropy within the rest"},
      {"pairwise_ranking", "margin loss on pairs of classes that the teacher orders"},
      {"reverse_kl_divergence", "T^2 KL(p_s, p_t)"},
      {"reverse_skew_kl_divergence", "T^2 KL(p_s, lambda p_s + (1 - lambda) p_t)"},
      {"self_label_smoothing", "T^2 KL to labels that are smoothed and softened, no teacher"},
      {"similarity_preserving", "(G_s - G_t)^2 of similarities between the batch's samples"},
      {"skew_kl_divergence", "T^2 KL(p_t, lambda p_t + (1 - lambda) p_s)"},
      {"soft_cross_entropy", "-T^2 sum p_t log p_s"},
      {"soft_targets", "alpha T^2 KL(p_t, p_s) + (1 - alpha) cross-entropy of the labels"},
      {"topk_kl_divergence", "T^2 KL over the teacher's k likeliest classes and the rest as one"},
      {"total_variation", "half of sum |p_s - p_t|, without T^2"},
      {"transformed_teacher", "KL(p_t, softmax(z_s)): the teacher alone is tempered"},
      {"weighted_soft_labels", "T^2 KL, weighted by how a sample's two losses compare"},
      {"weighted_transformed_teacher", "transformed_teacher, weighted by the teacher's doubt"},
  };
  for (const auto& [name, words] : all)
    if (name == l.name) return words;
  return {};
}

}  // namespace example
