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
             Contains("row kernel, rows (batch), along (classes), 4 sweeps, 2 rows of scratch"));
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
