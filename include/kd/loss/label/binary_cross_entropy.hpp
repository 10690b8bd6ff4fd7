// SPDX-License-Identifier: MIT
// Binary cross-entropy:  L = 1/(B C) sum_b sum_c softplus(z_s) - p z_s,   p = sigmoid(z_t)
//   which is -p log sigmoid(z_s) - (1 - p) log(1 - sigmoid(z_s)); classes do not exclude each other
// Multi-label distillation: Yang et al. Multi-Label Knowledge Distillation. ICCV 2023.
// arXiv:2308.06453.
// reads      student logits (..., classes), teacher logits (..., classes);
//            or student logits and targets in [0, 1], both (..., classes)
// options    none
// differs    from the paper: the mean over classes, as frameworks have it, instead of the sum
#pragma once
#include <kd/dsl.hpp>

namespace kd::loss {

// Scalar >= 0, against targets in [0, 1]; others make it not a number. Least where sigmoid(student)
// equals them. A class that is masked by -inf and has the target 0 adds nothing.
constexpr auto binary_cross_entropy_with_targets(Expression auto student, Expression auto targets) {
  constexpr auto formula = [](auto z, auto target) {
    const auto inside = less_equal(abs(target - constant_of<1, 2>), constant_of<1, 2>);
    const auto p =  // (..., classes)
        where(inside, target,
              not_a_number_because<"a target of binary_cross_entropy is not between 0 and 1">);
    const auto pull = where(equal(p, constant_of<0>), constant_of<0>, p * z);  // (..., classes)
    return mean<axes::classes>(softplus(z) - pull);                            // (...)
  };
  return named<"binary_cross_entropy">(mean_of_rows(once(formula, student, targets)));
}

// Scalar >= 0, against the teacher's sigmoid.
constexpr auto binary_cross_entropy(Expression auto student, Expression auto teacher) {
  return binary_cross_entropy_with_targets(student, sigmoid(teacher));
}
// Anything else is a mistake.
constexpr auto binary_cross_entropy(const auto&... given) {
  return detail::mistaken_loss(given...);
}
constexpr auto binary_cross_entropy_with_targets(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace kd::loss
namespace kd {
using loss::binary_cross_entropy;
using loss::binary_cross_entropy_with_targets;
}  // namespace kd
