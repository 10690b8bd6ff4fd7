// SPDX-License-Identifier: MIT
#include <kd/nn.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using network =
    nn::network<nn::image<2, 6, 6>, nn::conv<"conv1", 3, 3>, nn::batch_norm, nn::relu,
                nn::max_pool<2>, nn::dropout<0.3>, nn::flatten, nn::linear<"logits", 4>>;

}  // namespace

TEST_CASE("any_model does what the model of its network does, to the bit") {
  nn::model<network> typed(3);
  nn::any_model<> named = nn::any_model<>::of<network>(3);
  nn::any_model<> moved = std::move(named);
  const std::vector<float> images = numbers::distinct<float>(5 * 72, 7);
  const std::vector<std::int64_t> samples{4, 8, 1, 0, 9};
  const nn::training mode{.seed = 1, .epoch = 2, .samples = samples};
  const std::string_view layers[] = {"conv1", "logits"};
  typed.forward(images.data(), 5, mode);
  moved.forward(images.data(), 5, mode);
  for (const std::string_view layer : layers) {
    const auto a = typed.output_gradient(layer), b = moved.output_gradient(layer);
    std::fill_n(a.data, 5 * typed.output_shape(layer).size(), 0.5f);
    std::fill_n(b.data, 5 * typed.output_shape(layer).size(), 0.5f);
  }
  typed.backward<"conv1", "logits">();
  moved.backward(layers);
  CHECK(std::equal(typed.gradients().begin(), typed.gradients().end(), moved.gradients().begin()));
  typed.forward(images.data(), 5);
  moved.forward(images.data(), 5);
  const auto a = typed.output<"logits">(), b = moved.output("logits");
  CHECK(std::equal(a.data, a.data + 20, b.data));
  CHECK(moved.flops() == network::flops);
  CHECK(moved.input() == network::input);
  CHECK(moved.output_shape("logits") == network::output_shape<"logits">());
}

TEST_CASE("any_model: a layer that it lacks is said with those it has") {
  nn::any_model<> model = nn::any_model<>::of<network>(3);
  CHECK(model.has_layer("conv1"));
  CHECK_FALSE(model.has_layer(""));
  CHECK_THROWS_WITH(model.output("conv9"),
                    "kd: the network has no layer 'conv9'; its layers are conv1, logits");
  CHECK_THROWS_AS(model.output_gradient(""), kd::value_error);
  CHECK_THROWS_WITH(model.backward({}), Catch::Contains("at least one layer"));
}

TEST_CASE("any_model: a network for data of other extents and classes") {
  using of_data =
      nn::network<nn::image<1, 28, 28>, nn::conv<"conv1", 3, 3>, nn::relu, nn::max_pool<2>,
                  nn::flatten, nn::linear<"hidden", 5>, nn::relu, nn::classifier<"logits">>;
  STATIC_REQUIRE(of_data::output_shape<"logits">().channels == 10);
  nn::any_model<double> model =
      nn::any_model<double>::of<of_data>(1, {.input = {3, 8, 6}, .classes = 4});
  CHECK(model.input() == nn::shape{3, 8, 6});
  CHECK(model.output_shape("logits").channels == 4);
  CHECK(model.parameters().size() == 3 * 9 * 3 + 3 + (3 * 4 * 3) * 5 + 5 + 5 * 4 + 4);
  const std::vector<double> images = numbers::distinct<double>(2 * 144, 3);
  nn::any_model<double> copy = model;
  { const nn::any_model<double> gone = std::move(model); }
  copy.forward(images.data(), 2);
  const auto logits = copy.output("logits");
  CHECK(logits.extents[0] == 2);
  CHECK(logits.extents[1] == 4);
  const auto of = [](const nn::data_extents& data) {
    return nn::any_model<>::of<of_data>(1, data);
  };
  CHECK_THROWS_WITH(of({.input = {1, 1, 9}, .classes = 4}),
                    Catch::Contains("1 x 9") && Catch::Contains("a window is larger"));
  CHECK_THROWS_AS(of({.input = {1, 8, 8}, .classes = -1}), kd::value_error);
  CHECK_THROWS_AS(of({.input = {0, 8, 8}, .classes = 2}), kd::value_error);
}
