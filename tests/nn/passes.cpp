// SPDX-License-Identifier: MIT
#include <kd/nn/passes.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include <kd/nn.hpp>

#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using network =
    nn::network<nn::image<1, 4, 4>, nn::conv<"a", 2, 3>, nn::relu, nn::conv<"b", 2, 3>,
                nn::batch_norm, nn::gelu, nn::flatten, nn::linear<"c", 3>, nn::batch_norm>;

// "0 1 | 2m / 2": layers, m for a measurement, | between runs, / between phases.
std::string text_of(const nn::detail::pass& pass) {
  std::string text;
  for (std::size_t phase = 0; phase < pass.phases.size(); ++phase)
    for (int run = pass.phases[phase].first; run < pass.phases[phase].last; ++run) {
      if (!text.empty()) text += run == pass.phases[phase].first ? " /" : " |";
      const nn::detail::part& steps = pass.runs[static_cast<std::size_t>(run)];
      for (int i = steps.first; i < steps.last; ++i) {
        const nn::detail::step& s = pass.steps[static_cast<std::size_t>(i)];
        text += (text.empty() ? "" : " ") + std::to_string(s.layer) + (s.measures ? "m" : "");
      }
    }
  return text;
}

}  // namespace

TEST_CASE("passes: a phase ends with a measurement, a run with images or features", "[nn]") {
  CHECK(text_of(nn::detail::forward_pass(network::layers, false)) == "0 1 2 3 4 | 6 7");
  CHECK(text_of(nn::detail::forward_pass(network::layers, true)) == "0 1 2 3m / 3 4 | 6 7m / 7");
  CHECK(text_of(nn::detail::backward_pass(network::layers, std::vector<bool>(8, true))) ==
        "7m / 7 6 | 4 3m / 3 2 1 0");
  std::vector<bool> trained(8, true);
  trained[0] = trained[1] = false;
  CHECK(text_of(nn::detail::backward_pass(network::layers, trained)) == "7m / 7 6 | 4 3m / 3 2");
}
