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
