// SPDX-License-Identifier: MIT
#include <kd/nn/residual.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <kd/nn.hpp>

#include "nn/network_check.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;
using network_check::mode;

namespace {

using plain = nn::network<nn::image<2, 5, 4>, nn::conv<"c0", 3, 3>, nn::relu,
                          nn::residual<nn::conv<"c1", 3, 3>, nn::relu, nn::conv<"c2", 3, 3>>,
                          nn::relu, nn::max_pool<2>, nn::flatten, nn::linear<"scores", 3>>;
using beside = nn::network<
    nn::image<2, 5, 4>, nn::conv<"c0", 3, 3>,
    nn::residual<nn::shortcut<nn::conv<"p", 5, 1, 2, 0>>, nn::conv<"c1", 5, 3, 2>, nn::gelu>,
    nn::relu, nn::global_average_pool, nn::linear<"scores", 3>>;
// Batch norms everywhere, a block in a block, flat blocks, one of them a block without parameters
// before it, dropout.
using everything = nn::network<
    nn::image<2, 6, 5>, nn::residual<nn::conv<"r", 2, 3>>, nn::conv<"c0", 4, 3>, nn::batch_norm,
    nn::relu,
    nn::residual<nn::conv<"c1", 4, 3>, nn::batch_norm, nn::relu,
                 nn::residual<nn::depthwise_conv<"d", 3>, nn::relu>, nn::conv<"c2", 4, 3>,
                 nn::batch_norm>,
    nn::relu,
    nn::residual<nn::shortcut<nn::conv<"p", 6, 1, 2, 0>, nn::batch_norm>, nn::conv<"c3", 6, 3, 2>,
                 nn::batch_norm, nn::relu, nn::dropout<0.25>, nn::conv<"c4", 6, 3>, nn::batch_norm>,
    nn::relu, nn::average_pool<2, 1>, nn::flatten, nn::linear<"hidden", 7>,
    nn::residual<nn::batch_norm, nn::relu, nn::linear<"h2", 7>, nn::dropout<0.5>>,
    nn::residual<nn::shortcut<nn::linear<"s", 4>>, nn::linear<"scores", 4>>>;
// Flat layers come before image layers in the list.
using mixed = nn::network<nn::image<2, 4, 4>, nn::conv<"c0", 3, 3>,
                          nn::residual<nn::shortcut<nn::flatten, nn::linear<"s", 4>>,
                                       nn::conv<"c1", 4, 3>, nn::relu, nn::global_average_pool>,
                          nn::linear<"scores", 3>>;
// A relu that a pool could apply, if nobody else read it; and one that a pool can.
using pools =
    nn::network<nn::image<2, 6, 6>, nn::conv<"c0", 3, 3>, nn::relu,
                nn::residual<nn::shortcut<nn::max_pool<2>>, nn::conv<"c1", 3, 2, 2, 0>>,
                nn::residual<nn::shortcut<nn::relu, nn::max_pool<3>>, nn::conv<"c2", 3, 3, 1, 0>>,
                nn::flatten, nn::linear<"scores", 3>>;
// Two sums read what came before both blocks.
using nested = nn::network<nn::image<2, 4, 4>, nn::conv<"c0", 3, 3>,
                           nn::residual<nn::residual<nn::conv<"c1", 3, 3>>>, nn::flatten,
                           nn::linear<"scores", 3>>;
// Sums of a thing with itself, and of the network's input.
using twice =
    nn::network<nn::features<4>, nn::residual<nn::flatten>, nn::linear<"a", 4>,
                nn::residual<nn::flatten>, nn::residual<nn::relu>, nn::linear<"scores", 3>>;

}  // namespace

TEST_CASE("residual: gradients equal central differences", "[nn]") {
  for (mode how : {mode::evaluation, mode::training})
    for (std::int64_t batch : {2, 11}) {
      network_check::gradients<plain, "scores">(batch, how);
      network_check::gradients<beside, "scores">(batch, how);
      network_check::gradients<mixed, "scores">(batch, how);
      network_check::gradients<pools, "scores">(batch, how);
      network_check::gradients<twice, "scores">(batch, how);
      network_check::gradients<nested, "scores">(batch, how);
      network_check::gradients<everything, "scores">(batch, how);
    }
}

TEST_CASE("residual: layers inside blocks are visible and take gradients", "[nn]") {
  for (std::int64_t batch : {2, 11}) {
    network_check::gradients<plain, "scores", "c1", "c2", "c0">(batch, mode::training);
    network_check::gradients<plain, "c1">(batch, mode::training);
    network_check::gradients<beside, "p">(batch, mode::training);
    network_check::gradients<mixed, "s">(batch, mode::training);
    network_check::gradients<mixed, "c1">(batch, mode::training);
    network_check::gradients<pools, "c1", "c2">(batch, mode::training);
    network_check::gradients<twice, "a">(batch, mode::training);
    network_check::gradients<everything, "scores", "c4", "p", "d", "h2">(batch, mode::training);
    network_check::gradients<everything, "c3", "d">(batch, mode::training);
    network_check::gradients<everything, "c2", "r">(batch, mode::evaluation);
  }
}

TEST_CASE("residual: adds its input", "[nn]") {
  using network =
      nn::network<nn::features<2>, nn::residual<nn::linear<"a", 2>>, nn::linear<"see", 2>>;
  nn::model<network, double> model(1);
  const std::vector<double> parameters{1, 2, 3, 4, 10, 20, 1, 0, 0, 1, 0, 0};
  std::copy(parameters.begin(), parameters.end(), model.parameters().begin());
  const double x[] = {5, 7};
  model.forward(x, 1);
  CHECK(model.output<"a">().data[0] == 5 + 21 + 10);
  CHECK(model.output<"see">().data[0] == 5 + 36);
  CHECK(model.output<"see">().data[1] == 7 + 10 + 28 + 20);
}

TEST_CASE("residual: a list in which each layer comes after those that it reads", "[nn]") {
  STATIC_REQUIRE(beside::layer_count == 8);
  STATIC_REQUIRE(beside::layers[1].name == "p");
  STATIC_REQUIRE(beside::layers[2].name == "c1");
  STATIC_REQUIRE(beside::layers[2].source == 0);
  STATIC_REQUIRE(beside::layers[4].source == 3);
  STATIC_REQUIRE(beside::layers[4].other == 1);
  STATIC_REQUIRE(beside::layer_names() == "c0, p, c1, scores");
  STATIC_REQUIRE(!pools::layers[1].view);
  STATIC_REQUIRE(pools::layers[5].view);
}
