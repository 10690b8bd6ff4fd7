// SPDX-License-Identifier: MIT
#include <kd/kd.hpp>
#include "support/catch.hpp"

using namespace kd::axes;
using Catch::Contains;

TEST_CASE("explain says which inputs, which graph and which stages") {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto zt = kd::teacher<"logits", batch, classes>;
  const std::string text = kd::explain(kd::kl_divergence(zs, zt));
  CHECK_THAT(text, Contains("student logits        (batch, classes)  gradient"));
  CHECK_THAT(text, Contains("teacher logits        (batch, classes)\n"));
  CHECK_THAT(text,
             Contains("row kernel, rows (batch), along (classes), 3 sweeps, 2 rows of scratch"));
  CHECK_THAT(text, Contains("writes  gradient of student logits"));
  CHECK_THAT(text, Contains("objective  kl_divergence"));
  CHECK_THAT(text, !Contains("map-reduce"));
}

TEST_CASE("explain shows what became of the cross-entropy, to the letter") {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  CHECK(kd::explain(kd::cross_entropy(zs, y)) == R"(inputs
  student logits        (batch, classes)  gradient
  labels y              (batch)
graph
  %0 = student logits                           (batch, classes)
  %1 = largest<classes> %0                      (batch)
  %2 = %0 - %1                                  (batch, classes)
  %3 = exp %2                                   (batch, classes)
  %4 = sum<classes> %3                          (batch)
  %5 = log %4                                   (batch)
  %6 = labels y                                 (batch)
  %7 = pick<classes> %0 %6                      (batch)
  %8 = %1 - %7                                  (batch)
  %9 = %5 + %8                                  (batch)
  %10 = sum<batch> %9                           ()
  %11 = extent of batch                         ()
  %12 = 1                                       ()
  %13 = max %11 %12                             ()
  %14 = %10 / %13                               ()  objective  cross_entropy
  %15 = %12 / %13                               ()
  %16 = one_hot<classes> %6                     (batch, classes)
  %17 = %15 * %16                               (batch, classes)
  %18 = %12 / %4                                (batch)
  %19 = %15 * %18                               (batch)
  %20 = %3 * %19                                (batch, classes)
  %21 = %20 - %17                               (batch, classes)  gradient of student logits
stage 1: row kernel, rows (batch), along (classes), 3 sweeps, 1 row of scratch
  reads   labels y                      one value per row
  reads   student logits                one value per row
  reads   student logits                once
  writes  gradient of student logits    once
  sweep 1: 1 operation per element; reduces largest
  sweep 2: 2 operations, 1 exponential per element; reduces sum
  sweep 3: 4 operations per element
  bytes         8 per (batch, classes), 4 per (batch)
  operations    7 per (batch, classes), 5 per (batch), 2 once
  exponentials  1 per (batch, classes), 1 per (batch)
stage 2: scalars
  operations    2 once
total: 2 stages, 3 sweeps
  bytes         8 per (batch, classes), 4 per (batch)
  operations    7 per (batch, classes), 5 per (batch), 4 once
  exponentials  1 per (batch, classes), 1 per (batch)
)");
}

TEST_CASE("explain of a call with extents says numbers") {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  const std::string text = kd::explain(kd::cross_entropy(zs, y), batch(256), classes(1000));
  CHECK_THAT(text, Contains(R"(total: 2 stages, 3 sweeps
  bytes         2049024: 8 per (batch, classes), 4 per (batch)
  operations    1793284: 7 per (batch, classes), 5 per (batch), 4 once
  exponentials  256256: 1 per (batch, classes), 1 per (batch)
  scratch       4032 for a row
)"));
}

TEST_CASE("explain says which tensors wait in the workspace, and what they take") {
  constexpr auto f = kd::student<"f", batch, feature>;
  const auto pairs = kd::dot<feature>(f, kd::as<batch, other>(f));
  const auto objective = kd::mean<batch, other>(kd::square(pairs));
  CHECK_THAT(kd::explain(objective),
             Contains("  workspace     at most 4 per (feature, other), 8 per (batch, other), "
                      "4 per (batch, feature)\n"));
  // pairs take 448 bytes and their gradient too, two products 1344 each; one pair is dead by then
  CHECK_THAT(kd::explain(objective, feature(33), batch(10)),
             Contains("  workspace     3136 of 3440:"));
}

TEST_CASE("explain wants the extents of axes that exist, of all of them, or none") {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  const auto objective = kd::mean<batch>(kd::sum<classes>(zs));
  CHECK_THROWS_WITH(kd::explain(objective, batch(2)),
                    Contains("explain was told no extent of axis 'classes'; give one for each of "
                             "batch, classes, or none"));
  CHECK_THROWS_WITH(kd::explain(objective, batch(2), feature(3)),
                    Contains("an extent of axis 'feature', which the objective does not have"));
  CHECK_THROWS_WITH(kd::explain(objective, batch(-2), classes(3)), Contains("'batch' is -2"));
}

TEST_CASE("explain names contractions") {
  constexpr auto f = kd::student<"features", batch, feature>;
  const std::string text =
      kd::explain(kd::mean<batch, other>(kd::dot<feature>(f, kd::as<batch, other>(f))));
  CHECK_THAT(text, Contains("contraction over (feature) into (batch, other)"));
}

TEST_CASE("graphviz draws every node and every edge once") {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  const auto objective = kd::cross_entropy(zs, y);
  const std::string text = kd::graphviz(objective);
  const auto count = [&](const std::string& what) {
    int n = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
      ++n;
    return n;
  };
  const kd::detail::graph& g = kd::plan(objective).g;
  int edges = 0;
  for (int i = 0; i < g.size; ++i)
    for (const int operand : g[i].operand) edges += operand >= 0;
  CHECK(count("[label=") == g.size);
  CHECK(count(" -> ") == edges);
  CHECK_THAT(text, Contains("digraph objective {") && Contains("\\ngradient of student logits\""));
  CHECK_THAT(text, Contains("\"student logits\\n(batch, classes)\", shape=ellipse"));
}
