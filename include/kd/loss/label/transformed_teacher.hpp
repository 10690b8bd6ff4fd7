// SPDX-License-Identifier: MIT
// Transformed teacher:  L = 1/B sum_b KL(q_t || p_s),   q_t = softmax(z_t / T),  p_s = softmax(z_s)
//   weighted:           L = 1/B sum_b u KL(q_t || p_s),   u = sum_c softmax(z_t)^(1/T)
// Zheng, Yang. Knowledge Distillation Based on Transformed Teacher Matching. ICLR 2024.
// arXiv:2402.11148.
// reads      student logits (..., classes), teacher logits (..., classes)
// options    temperature > 0 (4), the teacher's: the inverse of the paper's exponent gamma
// differs    from the paper: nothing; the student has no temperature, so there is no factor T^2.
//            Add cross_entropy
#pragma once
#include <kd/dsl.hpp>

namespace kd {

struct transformed_teacher_options {
  schedule temperature = 4;
};

namespace loss {

// Scalar >= 0. Zero iff softmax(student) is the teacher's at its temperature.
constexpr auto transformed_teacher(Expression auto student, Expression auto teacher,
                                   transformed_teacher_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto log_p_s = log_softmax<axes::classes>(student);                // (..., classes)
  const auto log_q_t = log_softmax<axes::classes>(teacher / temperature);  // (..., classes)
  return named<"transformed_teacher">(mean_of_rows(kl<axes::classes>(log_q_t, log_p_s)));
}

// The same, where a row weighs the more the less sure the teacher is.
constexpr auto weighted_transformed_teacher(Expression auto student, Expression auto teacher,
                                            transformed_teacher_options options = {}) {
  const auto temperature = positive<"temperature">(options.temperature);
  const auto formula = [=](auto z_s, auto z_t) {
    const auto log_p_s = log_softmax<axes::classes>(z_s);                // (..., classes)
    const auto log_q_t = log_softmax<axes::classes>(z_t / temperature);  // (..., classes)
    const auto weight =
        sum<axes::classes>(exp(log_softmax<axes::classes>(z_t) / temperature));  // (...)
    return weight * kl<axes::classes>(log_q_t, log_p_s);                         // (...)
  };
  return named<"weighted_transformed_teacher">(mean_of_rows(once(formula, student, teacher)));
}
// Anything else is a mistake.
constexpr auto transformed_teacher(const auto&... given) { return detail::mistaken_loss(given...); }
constexpr auto weighted_transformed_teacher(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace loss
using loss::transformed_teacher;
using loss::weighted_transformed_teacher;
}  // namespace kd
