// SPDX-License-Identifier: MIT
#include <kd/graph/partition.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

TEST_CASE("a log-sum-exp is expanded once and its softmax reuses the exponentials") {
  small_graph s;
  const term log_p = s.log_softmax(s.student());
  s.objective(s.total(exp(log_p) * log_p));
  const graph g = expand(simplify(s.g));
  CHECK(count_of(g, op::log_sum_exp) == 0);
  CHECK(count_of(g, op::largest) == 1);
  CHECK(count_of(g, op::exp) == 1);
  CHECK(count_of(g, op::log) == 1);
}

TEST_CASE("exponentials of another row are not reused") {
  small_graph s;
  const term z = s.student(), t = s.teacher();
  s.objective(s.total(exp(t - reduce(op::log_sum_exp, z, single(s.classes)))));
  CHECK(count_of(expand(simplify(s.g)), op::exp) == 2);
}

TEST_CASE("a divergence of softmaxes needs no exponentials of its own") {
  small_graph s;
  const term log_p = s.log_softmax(s.teacher()), log_q = s.log_softmax(s.student());
  s.objective(s.total(log_q * apply(op::divergence, log_p, log_q)));
  const graph g = expand(simplify(s.g));
  CHECK(count_of(g, op::exp) == 2);
  CHECK(count_of(g, op::divergence) == 0);
  CHECK(count_of(g, op::divergence_of) == 1);
}

TEST_CASE("a sum of divergences needs no sweep after the sums of the softmaxes") {
  small_graph s;
  const term log_p = s.log_softmax(s.teacher()), log_q = s.log_softmax(s.student());
  s.objective(s.total(reduce(op::sum, apply(op::divergence, log_p, log_q), single(s.classes))));
  const graph g = expand(simplify(s.g));
  CHECK(count_of(g, op::exp) == 2);
  CHECK(count_of(g, op::divergence_of) == 2);  // along the classes, and of the shift
  CHECK(phases_of(g, partition(g).stages[0]).count == 2);
}

TEST_CASE("a log_softmax takes nothing large from something large") {
  small_graph s;
  const term z = s.student();
  s.objective(s.total(s.log_softmax(z)));
  const graph g = expand(simplify(s.g));
  CHECK(count_of(g, op::subtract) == 2);  // z - m, and the logarithm of the sum
  CHECK(count_of(g, op::add) == 0);       // no m + log s
}

TEST_CASE("the logarithm of the ratio comes from the logits, and only of softmaxes") {
  small_graph s;
  const term t = s.teacher(), z = s.student();
  s.objective(s.total(apply(op::divergence, s.log_softmax(t), s.log_softmax(z))));
  const graph g = expand(simplify(s.g));
  CHECK(count_of(g, op::gap_of) == 1);  // it shows the rounding of the normalisers
  small_graph other;
  other.objective(other.total(apply(op::divergence, other.teacher(), other.student())));
  CHECK(count_of(expand(simplify(other.g)), op::gap_of) == 0);
}
