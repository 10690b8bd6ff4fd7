// SPDX-License-Identifier: MIT
#include <kd/nn/batch_norm.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <kd/nn.hpp>

#include "nn/network_check.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;
using network_check::mode;

namespace {

using images =
    nn::network<nn::image<2, 5, 3>, nn::conv<"c", 3, 3>, nn::batch_norm, nn::relu,
                nn::conv<"d", 19, 2, 2, 0>, nn::batch_norm, nn::flatten, nn::linear<"scores", 3>>;
using rows = nn::network<nn::features<5>, nn::batch_norm, nn::linear<"a", 11>, nn::batch_norm,
                         nn::relu, nn::linear<"b", 3>, nn::batch_norm>;
using alone = nn::network<nn::image<3, 2, 2>, nn::batch_norm>;

// What one forward in training leaves behind, computed plainly.
struct plain {
  std::vector<double> mean, variance, unbiased;
};
plain statistics_of(const std::vector<double>& x, std::size_t channels) {
  plain p{std::vector<double>(channels), std::vector<double>(channels),
          std::vector<double>(channels)};
  const std::size_t count = x.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t row = 0; row < count; ++row) p.mean[c] += x[row * channels + c];
    p.mean[c] /= static_cast<double>(count);
    double squares = 0;
    for (std::size_t row = 0; row < count; ++row) {
      const double distance = x[row * channels + c] - p.mean[c];
      squares += distance * distance;
    }
    p.variance[c] = squares / static_cast<double>(count);
    p.unbiased[c] = squares / static_cast<double>(count - 1);
  }
  return p;
}

}  // namespace

TEST_CASE("batch_norm: gradients equal central differences, in training", "[nn]") {
  for (std::int64_t batch : {2, 3, 9, 17}) {
    network_check::gradients<images, "scores">(batch, mode::training);
    network_check::gradients<images, "scores", "c", "d">(batch, mode::training);
    network_check::gradients<rows, "b", "a">(batch, mode::training);
  }
}

TEST_CASE("batch_norm: after an evaluation running statistics are constants", "[nn]") {
  for (std::int64_t batch : {1, 9}) {
    network_check::gradients<images, "scores", "d">(batch, mode::evaluation);
    network_check::gradients<rows, "b">(batch, mode::evaluation);
  }
}

TEST_CASE("batch_norm: outputs and running statistics equal a plain computation", "[nn]") {
  // The mean is large beside the deviation, so a difference of squares would have no digit left.
  for (double offset : {0.0, 1e4}) {
    const std::int64_t batch = 21;
    using network = nn::network<nn::image<3, 2, 2>, nn::batch_norm, nn::conv<"see", 3, 1>>;
    nn::model<network> model(1);
    std::fill(model.parameters().begin(), model.parameters().end(), 0.0f);
    for (std::size_t c = 0; c < 3; ++c) {
      model.parameters()[c] = 2;              // scale
      model.parameters()[3 + c] = 0.5f;       // shift
      model.parameters()[6 + c * 3 + c] = 1;  // the convolution is the identity
    }
    auto x = numbers::distinct<float>(static_cast<std::size_t>(batch) * 12, 5);
    for (float& v : x) v += static_cast<float>(offset);
    model.forward(x.data(), batch, {});
    const std::vector<double> exact(x.begin(), x.end());
    const plain p = statistics_of(exact, 3);
    const float* seen = model.output<"see">().data;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i % 3;
      const double y = 2 * (exact[i] - p.mean[c]) / std::sqrt(p.variance[c] + 1e-5) + 0.5;
      // mean is rounded to float
      REQUIRE(std::abs(static_cast<double>(seen[i]) - y) < (offset == 0 ? 1e-5 : 4e-3));
    }
    for (std::size_t c = 0; c < 3; ++c) {
      const double mean = static_cast<double>(model.running_statistics()[c]);
      const double variance = static_cast<double>(model.running_statistics()[3 + c]);
      CHECK(numbers::near(mean, 0.1 * p.mean[c], 1e-5));
      CHECK(numbers::near(variance, 0.9 + 0.1 * p.unbiased[c], 1e-6));
    }
  }
}

TEST_CASE("batch_norm: evaluation uses the running statistics and leaves them", "[nn]") {
  nn::model<rows, double> model(1);
  const auto x = numbers::distinct(20, 5);
  model.forward(x.data(), 4, {});
  const std::vector<double> running(model.running_statistics().begin(),
                                    model.running_statistics().end());
  model.forward(x.data(), 4);
  const auto b = model.output<"b">();
  const std::vector<double> all(b.data, b.data + 12);
  CHECK(std::equal(running.begin(), running.end(), model.running_statistics().begin()));
  model.forward(x.data() + 15, 1);
  for (std::size_t i = 0; i < 3; ++i)  // does not depend on the batch
    CHECK(numbers::near(model.output<"b">().data[i], all[9 + i], 1e-12));
}

TEST_CASE("batch_norm: a network of nothing else", "[nn]") {
  nn::model<alone, double> model(1);
  const auto x = numbers::distinct(36, 5);
  model.forward(x.data(), 3, {});
  CHECK(model.running_statistics()[0] != 0);
}

TEST_CASE("batch_norm: one value per channel has no variance", "[nn]") {
  nn::model<rows> model(1);
  const auto x = numbers::distinct<float>(20, 5);
  CHECK_THROWS_WITH(model.forward(x.data(), 1, {}),
                    "kd: batch_norm cannot train on one value per channel, which has no variance; "
                    "use batches of 2 samples or more");
  model.forward(x.data(), 1);
  model.forward(nullptr, 0, {});
  model.output_gradient<"b">();
  model.backward<"b">();
  for (float g : model.gradients()) REQUIRE(g == 0.0f);
  for (float r : model.running_statistics()) REQUIRE(std::isfinite(r));
}
