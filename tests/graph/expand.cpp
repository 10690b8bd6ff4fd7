// SPDX-License-Identifier: MIT
// What expansion does, shown: the simplified graph, and the graph after expansion.
#include <kd/graph/differentiate.hpp>
#include <kd/graph/partition.hpp>
#include "support/catch.hpp"
#include "support/graphs.hpp"

using namespace kd::test;

namespace {
/// Builds a value; compares its simplified graph with `before` and what it is expanded to with
/// `after`: a line per node.
template <class Build>
void becomes(const char* before, const char* after, Build build) {
  small_graph s;
  s.objective(build(s));
  CHECK(lines_of(simplify(s.g)) == lines_of(std::string(before)));
  CHECK(lines_of(expand(simplify(s.g))) == lines_of(std::string(after)));
}
}  // namespace

TEST_CASE("a log-sum-exp is the maximum and the logarithm of a sum of exponentials") {
  becomes(R"(
      %0 = student z
      %1 = log_sum_exp<classes> %0)",
          R"(
      %0 = student z
      %1 = largest<classes> %0
      %2 = %0 - %1
      %3 = exp %2               // at most 1
      %4 = sum<classes> %3
      %5 = log %4
      %6 = %1 + %5)",
          [](small_graph& s) { return reduce(op::log_sum_exp, s.student(), single(s.classes)); });
}

TEST_CASE(
    "the exponential of a log-softmax is the softmax that exists: no exponential of its own") {
  becomes(R"(
      %0 = student z
      %1 = log_sum_exp<classes> %0
      %2 = %0 - %1
      %3 = exp %2
      %4 = %2 * %3)",
          R"(
      %0 = student z
      %1 = largest<classes> %0
      %2 = %0 - %1
      %3 = exp %2
      %4 = sum<classes> %3
      %5 = log %4
      %6 = %2 - %5
      %7 = 1
      %8 = %7 / %4
      %9 = %3 * %8
      %10 = %6 * %9)",
          [](small_graph& s) {
            const term log_p = s.log_softmax(s.student());
            return exp(log_p) * log_p;
          });
}

TEST_CASE("exponentials of another row are not reused") {
  becomes(R"(
      %0 = student z
      %1 = log_sum_exp<classes> %0
      %2 = teacher t
      %3 = %2 - %1
      %4 = exp %3)",
          R"(
      %0 = student z
      %1 = largest<classes> %0
      %2 = %0 - %1
      %3 = exp %2
      %4 = sum<classes> %3
      %5 = log %4
      %6 = teacher t
      %7 = %6 - %1
      %8 = %7 - %5
      %9 = exp %8)",
          [](small_graph& s) {
            const term lse = reduce(op::log_sum_exp, s.student(), single(s.classes));
            return exp(s.teacher() - lse);
          });
}

TEST_CASE("logits at two temperatures have one maximum, that of the logits") {
  becomes(R"(
      %0 = student z
      %1 = temperature
      %2 = 1
      %3 = %2 / %1
      %4 = %0 * %3
      %5 = temperature
      %6 = %2 / %5
      %7 = %0 * %6
      %8 = log_sum_exp<classes> %4
      %9 = log_sum_exp<classes> %7
      %10 = %8 + %9)",
          R"(
      %0 = student z
      %1 = temperature
      %2 = 1
      %3 = %2 / %1
      %4 = temperature
      %5 = %2 / %4
      %6 = largest<classes> %0
      %7 = %0 - %6
      %8 = %3 * %7
      %9 = exp %8
      %10 = sum<classes> %9
      %11 = log %10
      %12 = %3 * %6
      %13 = %11 + %12
      %14 = %5 * %7
      %15 = exp %14
      %16 = sum<classes> %15
      %17 = log %16
      %18 = %5 * %6
      %19 = %17 + %18
      %20 = %13 + %19)",
          [](small_graph& s) {
            const term z = s.student(), warm = z / s.temperature(), hot = z / s.temperature();
            const term first = reduce(op::log_sum_exp, warm, single(s.classes));
            return first + reduce(op::log_sum_exp, hot, single(s.classes));
          });
}

TEST_CASE("logits times a number that may be negative have their smallest as the maximum then") {
  becomes(R"(
      %0 = student z
      %1 = number
      %2 = %0 * %1
      %3 = log_sum_exp<classes> %2)",
          R"(
      %0 = student z
      %1 = number
      %2 = 1
      %3 = -1
      %4 = 0
      %5 = %1 >= %4
      %6 = where %5 %2 %3
      %7 = %0 * %6
      %8 = largest<classes> %7
      %9 = %6 * %8
      %10 = %0 - %9
      %11 = %1 * %10
      %12 = exp %11
      %13 = sum<classes> %12
      %14 = log %13
      %15 = %1 * %6
      %16 = %8 * %15
      %17 = %14 + %16)",
          [](small_graph& s) {
            const term z = s.student();
            return reduce(op::log_sum_exp, z * s.slot(), single(s.classes));
          });
}

TEST_CASE("a divergence of softmaxes takes them as they are, and their ratio from the logits") {
  becomes(R"(
      %0 = teacher t
      %1 = log_sum_exp<classes> %0
      %2 = %0 - %1
      %3 = student z
      %4 = log_sum_exp<classes> %3
      %5 = %3 - %4
      %6 = divergence %2 %5)",
          R"(
      %0 = teacher t
      %1 = largest<classes> %0
      %2 = %0 - %1
      %3 = exp %2
      %4 = sum<classes> %3
      %5 = student z
      %6 = largest<classes> %5
      %7 = %5 - %6
      %8 = exp %7
      %9 = sum<classes> %8
      %10 = 1
      %11 = %6 - %1
      %12 = %5 - %0
      %13 = abs %11
      %14 = %13 > %10           // the maxima are apart
      %15 = %7 - %2
      %16 = %12 - %11
      %17 = where %14 %15 %16   // d
      %18 = gap %3 %8 %17
      %19 = sum<classes> %18    // S_q - S_p
      %20 = %19 / %4
      %21 = %10 / %4
      %22 = %3 * %21            // p
      %23 = %10 / %9
      %24 = %8 * %23            // q
      %25 = log1p %20
      %26 = %17 - %25           // log q - log p
      %27 = divergence %22 %24 %26)",
          [](small_graph& s) {
            const term log_p = s.log_softmax(s.teacher());
            return apply(op::divergence, log_p, s.log_softmax(s.student()));
          });
}

TEST_CASE("a sum of divergences needs no sweep after those of the softmaxes") {
  small_graph s;
  const term log_p = s.log_softmax(s.teacher()), log_q = s.log_softmax(s.student());
  s.objective(s.total(reduce(op::sum, apply(op::divergence, log_p, log_q), single(s.classes))));
  const graph g = expand(simplify(s.g));
  CHECK(count_of(g, op::divergence_of) == 2);  // along the classes, and of the shift
  const partitioned parts = partition(g);
  CHECK(phases_of(g, parts.stages[0], parts.nodes_of(parts.stages[0])).count == 2);
}

TEST_CASE("so does a gap, and logits over one temperature are subtracted before they are divided") {
  becomes(R"(
      %0 = temperature
      %1 = teacher t
      %2 = 1
      %3 = %2 / %0
      %4 = %1 * %3
      %5 = log_sum_exp<classes> %4
      %6 = %4 - %5
      %7 = student z
      %8 = %3 * %7
      %9 = log_sum_exp<classes> %8
      %10 = %8 - %9
      %11 = gap %6 %10)",
          R"(
      %0 = temperature
      %1 = teacher t
      %2 = 1
      %3 = %2 / %0
      %4 = largest<classes> %1
      %5 = %1 - %4
      %6 = %3 * %5
      %7 = exp %6
      %8 = sum<classes> %7
      %9 = student z
      %10 = largest<classes> %9
      %11 = %9 - %10
      %12 = %3 * %11
      %13 = exp %12
      %14 = sum<classes> %13
      %15 = %10 - %4
      %16 = %9 - %1
      %17 = %3 * %15
      %18 = abs %17
      %19 = %18 > %2
      %20 = %11 - %5
      %21 = %16 - %15
      %22 = where %19 %20 %21
      %23 = %3 * %22
      %24 = gap %7 %13 %23
      %25 = sum<classes> %24
      %26 = %25 / %8
      %27 = %7 * %26
      %28 = %24 - %27
      %29 = %2 / %14
      %30 = %28 * %29)",
          [](small_graph& s) {
            const term T = s.temperature(), log_p = s.log_softmax(s.teacher() / T);
            return gap(log_p, s.log_softmax(s.student() / T));
          });
}

TEST_CASE("a divergence of anything else takes exponentials and the difference") {
  becomes(R"(
      %0 = teacher t
      %1 = student z
      %2 = divergence %0 %1)",
          R"(
      %0 = teacher t
      %1 = student z
      %2 = exp %0
      %3 = exp %1
      %4 = %1 - %0
      %5 = divergence %2 %3 %4)",
          [](small_graph& s) {
            const term log_p = s.teacher();
            return apply(op::divergence, log_p, s.student());
          });
}

TEST_CASE("what does not fit once it is expanded is too large") {
  small_graph s;
  const term z = s.student();
  s.objective(s.sum_of(300, [&](int k) {
    return s.sum_batch(reduce(op::log_sum_exp, z * s.number(0.125 + k), single(s.classes)));
  }));
  differentiate(s.g);
  REQUIRE(!s.g.full);
  const graph expanded = expand(simplify(s.g));
  CHECK(expanded.exceeded == limit::operations);
  CHECK(expanded.beyond > 100);
  CHECK(!partition(expanded).complete);
}
