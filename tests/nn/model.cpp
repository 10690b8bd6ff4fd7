// SPDX-License-Identifier: MIT
#include <kd/nn/model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <kd/nn.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

// Odd extents, a relu inside a pool and one outside, a pool without a relu, a stride,
// a leftover row.
using small = nn::network<nn::image<2, 9, 7>,                     // (2, 9, 7)
                          nn::conv<"first", 3, 3>, nn::relu,      // (3, 9, 7)
                          nn::max_pool<2>,                        // (3, 4, 3)
                          nn::conv<"second", 4, 3, 2>, nn::relu,  // (4, 2, 2)
                          nn::conv<"third", 3, 1>,                // (3, 2, 2)
                          nn::max_pool<2, 1>, nn::flatten,        // (3)
                          nn::linear<"hidden", 6>, nn::relu,      // (6)
                          nn::linear<"scores", 4>>;

template <class T>
void axpy(double factor, const kd::tensor_view<const T>& x, const kd::tensor_view<T>& to) {
  std::int64_t count = 1;
  for (int axis = 0; axis < x.rank; ++axis) count *= x.extents[axis];
  for (std::int64_t i = 0; i < count; ++i) to.data[i] = static_cast<T>(factor) * x.data[i];
}

// Half the squared values of three layers, weighted: a layer's gradient is its weighted output.
struct weights {
  double second, hidden, scores;
};
double half_squares(const kd::tensor_view<const double>& x) {
  std::int64_t count = 1;
  for (int axis = 0; axis < x.rank; ++axis) count *= x.extents[axis];
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += x.data[i] * x.data[i] / 2;
  return sum;
}
double objective(const nn::model<small, double>& model, const weights& w) {
  return w.second * half_squares(model.output<"second">()) +
         w.hidden * half_squares(model.output<"hidden">()) +
         w.scores * half_squares(model.output<"scores">());
}

void compare_with_differences(nn::model<small, double>& model, const std::vector<double>& images,
                              std::int64_t batch, const weights& w) {
  const std::vector<double> analytic(model.gradients().begin(), model.gradients().end());
  const double step = 1e-6;
  for (std::size_t i = 0; i < analytic.size(); ++i) {
    double& parameter = model.parameters()[i];
    const double value = parameter;
    parameter = value + step;
    model.forward(images.data(), batch);
    const double above = objective(model, w);
    parameter = value - step;
    model.forward(images.data(), batch);
    const double below = objective(model, w);
    parameter = value;
    const double numeric = (above - below) / (2 * step);
    if (!(std::abs(numeric - analytic[i]) <= 1e-6 * (1 + std::abs(numeric)))) {
      CAPTURE(i, numeric, analytic[i]);
      FAIL("a parameter's gradient differs from central differences");
    }
  }
  SUCCEED();
}

}  // namespace

TEST_CASE("model: gradients of a whole network equal central differences", "[nn]") {
  for (std::int64_t batch : {1, 3, 9}) {  // 9: more than one chunk
    const auto images = numbers::distinct(static_cast<std::size_t>(batch) * 126, 5);
    nn::model<small, double> model(11);
    model.forward(images.data(), batch);
    axpy(1.0, model.output<"scores">(), model.output_gradient<"scores">());
    model.backward<"scores">();
    compare_with_differences(model, images, batch, {.second = 0, .hidden = 0, .scores = 1});
  }
}

TEST_CASE("model: gradients at intermediate layers are added to what flows through", "[nn]") {
  const std::int64_t batch = 3;
  const auto images = numbers::distinct(static_cast<std::size_t>(batch) * 126, 5);
  nn::model<small, double> model(11);
  model.forward(images.data(), batch);
  axpy(0.5, model.output<"second">(), model.output_gradient<"second">());
  axpy(2.0, model.output<"hidden">(), model.output_gradient<"hidden">());
  axpy(1.0, model.output<"scores">(), model.output_gradient<"scores">());

  SECTION("all three") {
    model.backward<"scores", "second", "hidden">();
    compare_with_differences(model, images, batch, {.second = 0.5, .hidden = 2, .scores = 1});
  }
  SECTION("the order of the names does not matter") {
    model.backward<"scores", "second", "hidden">();
    const std::vector<double> one(model.gradients().begin(), model.gradients().end());
    model.backward<"second", "hidden", "scores">();
    CHECK(one == std::vector<double>(model.gradients().begin(), model.gradients().end()));
  }
  SECTION("without the last layer") {
    model.backward<"hidden", "second">();
    compare_with_differences(model, images, batch, {.second = 0.5, .hidden = 2, .scores = 0});
  }
  SECTION("an image layer alone; what lies behind it gets gradient 0") {
    model.backward<"scores">();
    model.backward<"second">();
    compare_with_differences(model, images, batch, {.second = 0.5, .hidden = 0, .scores = 0});
  }
}

TEST_CASE("model: a network of features without images", "[nn]") {
  using rows =
      nn::network<nn::features<5>, nn::relu, nn::linear<"a", 4>, nn::relu, nn::linear<"b", 3>>;
  const std::int64_t batch = 4;
  const auto input = numbers::distinct(20, 5);
  nn::model<rows, double> model(2);
  model.forward(input.data(), batch);
  axpy(1.0, model.output<"b">(), model.output_gradient<"b">());
  model.backward<"b">();
  const std::vector<double> analytic(model.gradients().begin(), model.gradients().end());
  for (std::size_t i = 0; i < analytic.size(); ++i) {
    const double value = model.parameters()[i];
    double sides[2];
    for (int side : {0, 1}) {
      model.parameters()[i] = value + (side == 0 ? -1e-6 : 1e-6);
      model.forward(input.data(), batch);
      sides[side] = half_squares(model.output<"b">());
    }
    model.parameters()[i] = value;
    REQUIRE(std::abs((sides[1] - sides[0]) / 2e-6 - analytic[i]) < 1e-6);
  }
}

TEST_CASE("model: outputs are views with named axes' order and the memory's strides", "[nn]") {
  nn::model<small> model(1);
  const auto images = numbers::distinct<float>(3 * 126, 5);
  model.forward(images.data(), 3);
  const auto view = model.output<"second">();  // (batch, channel, height, width)
  REQUIRE(view.rank == 4);
  CHECK(std::vector<std::int64_t>(view.extents, view.extents + 4) ==
        std::vector<std::int64_t>{3, 4, 2, 2});
  CHECK(std::vector<std::int64_t>(view.strides, view.strides + 4) ==
        std::vector<std::int64_t>{16, 1, 8, 4});
  const auto scores = model.output<"scores">();  // (batch, feature)
  REQUIRE(scores.rank == 2);
  CHECK(std::vector<std::int64_t>(scores.extents, scores.extents + 2) ==
        std::vector<std::int64_t>{3, 4});
  CHECK(std::vector<std::int64_t>(scores.strides, scores.strides + 2) ==
        std::vector<std::int64_t>{4, 1});
}

TEST_CASE("model: an output is the layer's own, before the relu behind it", "[nn]") {
  nn::model<small> model(1);
  const auto images = numbers::distinct<float>(3 * 126, 5);
  model.forward(images.data(), 3);
  for (const auto& view : {model.output<"first">(), model.output<"second">()}) {
    int negative = 0;
    for (std::int64_t i = 0; i < view.extents[0] * view.strides[0]; ++i)
      if (view.data[i] < 0) ++negative;
    CHECK(negative > 0);
  }
}

TEST_CASE("model: a relu that no pool applies works on what the next layer reads", "[nn]") {
  using rows = nn::network<nn::features<2>, nn::linear<"a", 2>, nn::relu, nn::linear<"b", 1>>;
  nn::model<rows, double> model(1);
  const std::vector<double> parameters{1, 0, 0, 1, 0, 0, 10, 100, 5};  // a is the identity
  std::copy(parameters.begin(), parameters.end(), model.parameters().begin());
  const double input[] = {-2, 3};
  model.forward(input, 1);
  CHECK(model.output<"a">().data[0] == -2);
  CHECK(model.output<"b">().data[0] == 305);
}

TEST_CASE("model: a sample's output does not depend on the batch around it", "[nn]") {
  nn::model<small> model(1);
  const auto images = numbers::distinct<float>(19 * 126, 5);
  model.forward(images.data(), 19);
  const auto all = model.output<"scores">();
  const std::vector<float> last(all.data + 18 * 4, all.data + 19 * 4);
  model.forward(images.data() + 18 * 126, 1);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(numbers::near(model.output<"scores">().data[i], last[i], 1e-4));
}

TEST_CASE("model: an empty batch has empty outputs and gradient 0", "[nn]") {
  nn::model<small> model(1);
  const auto images = numbers::distinct<float>(126, 5);
  model.forward(images.data(), 1);
  axpy(1.0, model.output<"scores">(), model.output_gradient<"scores">());
  model.backward<"scores">();
  model.forward(nullptr, 0);
  CHECK(model.output<"scores">().extents[0] == 0);
  CHECK(model.output_gradient<"scores">().extents[0] == 0);
  model.backward<"scores">();
  for (float g : model.gradients()) REQUIRE(g == 0.0f);
}

TEST_CASE("model: refuses what cannot be right", "[nn]") {
  nn::model<small> model(1);
  const auto images = numbers::distinct<float>(2 * 126, 5);
  CHECK_THROWS_AS(model.forward(images.data(), -1), kd::shape_error);
  CHECK_THROWS_AS(model.forward(nullptr, 1), kd::value_error);
  CHECK_THROWS_AS(model.backward<"scores">(), kd::value_error);  // before any forward
  model.forward(images.data(), 2);
  model.output_gradient<"scores">();
  std::string message;
  try {
    model.backward<"scores", "second">();
  } catch (const kd::value_error& error) { message = error.what(); }
  CHECK(message ==
        "kd: backward reads the gradient of layer 'second', which was not written for this batch "
        "size; write output_gradient first");
  model.forward(images.data(), 1);
  CHECK_THROWS_AS(model.backward<"scores">(), kd::value_error);  // written for another batch size
}

TEST_CASE("model: a copy is a model of its own", "[nn]") {
  nn::model<small> model(1);
  nn::model<small> copy = model;
  copy.parameters()[0] += 1;
  CHECK(copy.parameters()[0] != model.parameters()[0]);
  const auto images = numbers::distinct<float>(126, 5);
  model.forward(images.data(), 1);
  const float before = model.output<"scores">().data[0];
  copy.forward(images.data(), 1);
  CHECK(model.output<"scores">().data[0] == before);
  CHECK(copy.output<"scores">().data[0] != before);
}

TEST_CASE("model: visit_state reads and writes all that a saved model needs", "[nn]") {
  using network = nn::network<nn::image<1, 4, 4>, nn::conv<"conv1", 2, 3>, nn::batch_norm, nn::relu,
                              nn::residual<nn::conv<"c2", 2, 3>, nn::batch_norm>, nn::flatten,
                              nn::linear<"logits", 3>>;
  nn::model<network> model(1);
  const auto images = numbers::distinct<float>(64, 5);
  model.forward(images.data(), 4, {});
  std::vector<std::string> names;
  std::vector<std::vector<float>> values;
  std::size_t count = 0;
  model.visit_state([&](const std::string& name, std::span<float> part) {
    names.push_back(name);
    values.emplace_back(part.begin(), part.end());
    count += part.size();
  });
  CHECK(names ==
        std::vector<std::string>{"conv1.weight", "conv1.bias", "layer1.scale", "layer1.shift",
                                 "layer1.running_mean", "layer1.running_variance", "c2.weight",
                                 "c2.bias", "layer4.scale", "layer4.shift", "layer4.running_mean",
                                 "layer4.running_variance", "logits.weight", "logits.bias"});
  CHECK(count == model.parameters().size() + model.running_statistics().size());

  nn::model<network> other(2);
  std::size_t at = 0;
  other.visit_state([&](const std::string&, std::span<float> part) {
    std::copy(values[at].begin(), values[at].end(), part.begin());
    ++at;
  });
  model.forward(images.data(), 4);
  other.forward(images.data(), 4);
  for (std::size_t i = 0; i < 12; ++i)
    CHECK(model.output<"logits">().data[i] == other.output<"logits">().data[i]);
}

TEST_CASE("model: learns", "[nn]") {
  nn::model<small> model(1);
  const auto images = numbers::distinct<float>(16 * 126, 5);
  nn::adam<float> optimiser;
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    model.forward(images.data(), 16);
    const auto scores = model.output<"scores">();
    const auto gradient = model.output_gradient<"scores">();
    last = 0;
    for (int i = 0; i < 64; ++i) {
      const float target = (i / 4) % 4 == i % 4 ? 1.0f : 0.0f;
      gradient.data[i] = scores.data[i] - target;
      last += static_cast<double>(gradient.data[i] * gradient.data[i]);
    }
    if (step == 0) first = last;
    model.backward<"scores">();
    optimiser.step(0.01, model.parameters(), model.gradients());
  }
  CHECK(last < first / 10);
}
