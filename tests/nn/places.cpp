// SPDX-License-Identifier: MIT
#include <kd/nn/places.hpp>

#include <kd/nn.hpp>

#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

template <class Network>
nn::detail::layer_places places_of() {
  nn::detail::layer_places places(Network::layers);
  places.place_flows(nn::detail::backward_pass(Network::layers, places.trained()));
  return places;
}

}  // namespace

TEST_CASE("places: a chain of images needs two slots, whatever its length", "[nn]") {
  using network =
      nn::network<nn::image<4, 4, 4>, nn::conv<"a", 4, 3>, nn::relu, nn::conv<"b", 4, 3>, nn::relu,
                  nn::conv<"c", 4, 3>, nn::average_pool<1>, nn::conv<"d", 4, 3>>;
  const auto places = places_of<network>();
  CHECK(places.slots == 2 * 64);
  CHECK(places.flows == 0);
  CHECK(places.spare == 0);
  CHECK(places[1].in_place);
  CHECK(places[1].flow == places[0].flow);
  CHECK(places[1].flow != places[2].flow);
}

TEST_CASE("places: what two phases or all samples need holds the batch", "[nn]") {
  using network = nn::network<nn::image<4, 4, 4>, nn::conv<"a", 4, 3>, nn::conv<"b", 4, 3>,
                              nn::batch_norm, nn::conv<"c", 4, 3>, nn::flatten, nn::linear<"d", 5>>;
  const auto places = places_of<network>();
  CHECK(!places[0].flow_in_batch);
  CHECK(places[1].flow_in_batch);  // in place with the next
  CHECK(places[2].flow_in_batch);
  CHECK(places[3].flow_in_batch);  // linear writes it for all samples of a chunk
  CHECK(places[4].value == 3);     // a view
  CHECK(places[5].flow_in_batch);
}

TEST_CASE("places: a value that two layers read is no place to work in, except for the last",
          "[nn]") {
  using network =
      nn::network<nn::image<4, 4, 4>, nn::conv<"a", 4, 3>,
                  nn::residual<nn::relu, nn::conv<"b", 4, 3>, nn::gelu, nn::conv<"c", 4, 3>>>;
  const auto places = places_of<network>();
  CHECK(!places[1].in_place);  // the sum reads it too, and later
  CHECK(places[3].in_place);
  CHECK(places[5].in_place);
  CHECK(places[5].input == 4);
  CHECK(places[5].other == 0);
  CHECK(places.spare == 64);
}

TEST_CASE("places: the sum of a thing with itself adds one gradient to the other", "[nn]") {
  using network = nn::network<nn::features<4>, nn::linear<"a", 5>, nn::residual<nn::flatten>>;
  const auto places = places_of<network>();
  CHECK(!places[2].in_place);
  CHECK(places.spare == 48);  // five for each sample of a chunk, rounded
}

TEST_CASE("places: layers before the first with parameters need no gradient", "[nn]") {
  using network =
      nn::network<nn::image<4, 4, 4>, nn::average_pool<2>, nn::relu, nn::conv<"a", 4, 3>>;
  const auto places = places_of<network>();
  CHECK(places.trained() == std::vector<bool>{false, false, true});
}
