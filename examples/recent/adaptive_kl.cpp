// SPDX-License-Identifier: MIT
// Adaptive KL for language models: per token, with p of the teacher and q of the student,
//   L = h / (h + t) KL(p, q) + t / (h + t) KL(q, p),   h = sum of |p - q| in the head, t: tail.
// The head is the likeliest token, and those that come next as long as all hold at most half of p.
// Wu et al. Rethinking Kullback-Leibler Divergence in Knowledge Distillation for Large Language
// Models. COLING 2025. arXiv:2404.02657. As in the authors' code, the weights have no gradient.
#include <kd/kd.hpp>

#include "central_differences.hpp"
using namespace kd::axes;

constexpr auto zs = kd::student<"logits", token, classes>;
constexpr auto zt = kd::teacher<"logits", token, classes>;
constexpr auto seen = kd::given<"logits of the weights", token, classes>;

// Scalar. The logits that make the weights are an argument so that the check can hold them still.
constexpr auto adaptive_kl(auto student, auto teacher, auto weighing) {
  const auto log_p = kd::log_softmax<classes>(teacher);  // (token, classes)
  const auto log_q = kd::log_softmax<classes>(student);
  const auto p = kd::exp(log_p);

  const auto rival = kd::as<classes, other_classes>(p);  // (token, other_classes)
  const auto ahead = kd::sum<other_classes>(kd::greater(rival, p) * rival);  // (token, classes)
  const auto in_head = kd::max(kd::less_equal(ahead + p, 0.5), kd::equal(ahead, 0));

  const auto gap = kd::abs(p - kd::softmax<classes>(weighing));                 // (token, classes)
  const auto weight = kd::sum<classes>(in_head * gap) / kd::sum<classes>(gap);  // (token)
  return kd::mean<token>(weight * kd::kl<classes>(log_p, log_q) +
                         (1 - weight) * kd::kl<classes>(log_q, log_p));
}

int main() {
  Eigen::MatrixXd S = 2 * Eigen::MatrixXd::Random(4, 12), Z = 3 * Eigen::MatrixXd::Random(4, 12);
  const auto step = kd::evaluate(adaptive_kl(zs, zt, kd::stop_gradient(zs)), zs = S, zt = Z);
  std::cout << "value " << step.value() << '\n';

  const Eigen::MatrixXd still = S;
  auto program = kd::compile<double>(adaptive_kl(zs, zt, seen), kd::eigen);
  const auto value = [&] { return program(zs = S, zt = Z, seen = still).value(); };
  return is_the_slope("the logits", step.gradient(zs), S, value) ? 0 : 1;
}
