// SPDX-License-Identifier: MIT
#include <kd/nn/named.hpp>

#include <algorithm>
#include <cstdint>

#include <kd/nn.hpp>

#include "nn/network_check.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;
using network_check::mode;

namespace {

using block = nn::residual<nn::conv<"c1", 3, 3>, nn::batch_norm, nn::relu, nn::conv<"c2", 3, 3>,
                           nn::batch_norm>;
// The same layers with and without names: relus behind names do not run in place.
using plain =
    nn::network<nn::image<3, 6, 6>, block, nn::relu, nn::conv<"c3", 4, 3>, nn::batch_norm, nn::relu,
                nn::max_pool<2>, nn::batch_norm, nn::relu, nn::flatten, nn::linear<"logits", 4>>;
using with_names =
    nn::network<nn::image<3, 6, 6>, nn::named<"block", block>, nn::relu, nn::conv<"c3", 4, 3>,
                nn::named<"norm", nn::batch_norm>, nn::named<"act", nn::relu>,
                nn::named<"pool", nn::max_pool<2>>, nn::batch_norm, nn::named<"act2", nn::relu>,
                nn::flatten, nn::linear<"logits", 4>>;

}  // namespace

TEST_CASE("named: the same numbers as without, and outputs before any relu behind them", "[nn]") {
  constexpr std::int64_t batch = 5, block_size = batch * 108, norm_size = batch * 144;
  network_check::bench<plain> a(batch, mode::training);
  network_check::bench<with_names> b(batch, mode::training);
  a.forward();
  b.forward();
  std::fill_n(a.model.output_gradient<"logits">().data, batch * 4, 1.5);
  std::fill_n(b.model.output_gradient<"logits">().data, batch * 4, 1.5);
  a.model.backward<"logits">();
  b.model.backward<"logits">();
  CHECK(std::ranges::equal(a.model.gradients(), b.model.gradients()));
  const double* sum = b.model.output<"block">().data;
  const double* norm = b.model.output<"norm">().data;
  CHECK(*std::min_element(sum, sum + block_size) < 0);
  CHECK(*std::min_element(norm, norm + norm_size) < 0);
  CHECK(std::equal(norm, norm + norm_size, b.model.output<"act">().data,
                   [](double x, double y) { return y == std::max(x, 0.0); }));
}

TEST_CASE("named: gradients given to blocks, norms, relus and pools", "[nn]") {
  for (mode how : {mode::evaluation, mode::training}) {
    network_check::gradients<with_names, "block">(3, how, 1e-5);
    network_check::gradients<with_names, "norm", "logits">(3, how, 1e-5);
    network_check::gradients<with_names, "act">(3, how, 1e-5);
    network_check::gradients<with_names, "act", "norm", "pool", "act2", "block", "logits">(3, how,
                                                                                           1e-5);
  }
}

TEST_CASE("named: names in tables and at run time", "[nn]") {
  CHECK(with_names::layer_names() == "c1, c2, block, c3, norm, act, pool, act2, logits");
  CHECK(nn::any_model<>::of<with_names>(1).has_layer("block"));
  CHECK_THAT(nn::summary<with_names>(), Catch::Contains("\nblock    sum "));
}
