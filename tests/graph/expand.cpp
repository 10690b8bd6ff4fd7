// SPDX-License-Identifier: MIT
// What expansion does, shown: the simplified graph, and the graph after expansion.
#include <kd/graph/expand.hpp>
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
      %6 = %1 + %5
      %7 = %0 - %6
      %8 = 1
      %9 = %8 / %4
      %10 = %3 * %9            // the softmax
      %11 = %7 * %10)",
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
      %6 = %1 + %5
      %7 = teacher t
      %8 = %7 - %6
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
      %4 = %0 * %3
      %5 = temperature
      %6 = %2 / %5
      %7 = %0 * %6
      %8 = largest<classes> %0  // the only one
      %9 = %3 * %8              // at the first temperature
      %10 = %4 - %9
      %11 = exp %10
      %12 = sum<classes> %11
      %13 = log %12
      %14 = %9 + %13
      %15 = %6 * %8             // at the second
      %16 = %7 - %15
      %17 = exp %16
      %18 = sum<classes> %17
      %19 = log %18
      %20 = %15 + %19
      %21 = %14 + %20)",
          [](small_graph& s) {
            const term z = s.student(), warm = z / s.temperature(), hot = z / s.temperature();
            const term first = reduce(op::log_sum_exp, warm, single(s.classes));
            return first + reduce(op::log_sum_exp, hot, single(s.classes));
          });
}

TEST_CASE("logits times a number that may be negative have a maximum of their own") {
  becomes(R"(
      %0 = student z
      %1 = number
      %2 = %0 * %1
      %3 = log_sum_exp<classes> %2)",
          R"(
      %0 = student z
      %1 = number
      %2 = %0 * %1
      %3 = largest<classes> %2
      %4 = %2 - %3
      %5 = exp %4
      %6 = sum<classes> %5
      %7 = log %6
      %8 = %3 + %7)",
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
      %11 = %10 / %4
      %12 = %3 * %11            // p
      %13 = %10 / %9
      %14 = %8 * %13            // q
      %15 = %5 - %0
      %16 = %6 - %1
      %17 = %15 - %16           // d: difference of the logits less that of their maxima
      %18 = gap %3 %8 %17
      %19 = sum<classes> %18    // S_q - S_p
      %20 = %19 / %4
      %21 = log1p %20
      %22 = %17 - %21           // log q - log p
      %23 = divergence %12 %14 %22)",
          [](small_graph& s) {
            const term log_p = s.log_softmax(s.teacher());
            return apply(op::divergence, log_p, s.log_softmax(s.student()));
          });
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
      %4 = %1 * %3
      %5 = largest<classes> %1
      %6 = %3 * %5
      %7 = %4 - %6
      %8 = exp %7
      %9 = sum<classes> %8
      %10 = student z
      %11 = %3 * %10
      %12 = largest<classes> %10
      %13 = %3 * %12
      %14 = %11 - %13
      %15 = exp %14
      %16 = sum<classes> %15
      %17 = %2 / %9
      %18 = %8 * %17
      %19 = %2 / %16
      %20 = %15 * %19
      %21 = %10 - %1            // exact for neighbours
      %22 = %3 * %21
      %23 = %13 - %6
      %24 = %22 - %23
      %25 = gap %8 %15 %24
      %26 = sum<classes> %25
      %27 = %26 / %9
      %28 = log1p %27
      %29 = %24 - %28
      %30 = gap %18 %20 %29)",
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
