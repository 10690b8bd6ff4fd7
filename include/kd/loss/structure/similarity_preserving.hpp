// SPDX-License-Identifier: MIT
// Similarity-preserving:  L = 1/b^2 * || G~_t - G~_s ||_F^2,   G = F F^T,
//   G~ = rows of G divided by their norm
// Tung, Mori. Similarity-Preserving Knowledge Distillation. ICCV 2019.
// arXiv:1907.09682, equations 2-4.
// reads      student features (batch, ...), teacher features (batch, ...)
//            their other axes may differ
// options    none;   differs from the paper: nothing
#pragma once
#include <kd/dsl.hpp>

namespace kd::loss {

// Scalar >= 0. Zero iff both batches have the same normalised similarities.
constexpr auto similarity_preserving(Expression auto student, Expression auto teacher) {
  constexpr auto similarities = [](auto f) {
    const auto g = dot_all_but<axes::batch>(f, as<axes::batch, axes::other>(f));  // (batch, other)
    return normalize<axes::other>(g);                                             // (batch, other)
  };
  const auto apart =
      square(once(similarities, student) - once(similarities, teacher));  // (batch, other)
  return named<"similarity_preserving">(
      detail::compares_rows(mean<axes::batch, axes::other>(apart)));
}
// Anything else is a mistake.
constexpr auto similarity_preserving(const auto&... given) {
  return detail::mistaken_loss(given...);
}

}  // namespace kd::loss
namespace kd {
using loss::similarity_preserving;
}
