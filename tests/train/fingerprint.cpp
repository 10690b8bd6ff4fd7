// SPDX-License-Identifier: MIT
#include <kd/train/fingerprint.hpp>

#include <set>
#include <string>

#include <kd/nn.hpp>
#include "support/catch.hpp"

namespace nn = kd::nn;
using kd::train::fingerprint_of;

TEST_CASE("fingerprint: another value, bit or shape is another", "[train]") {
  kd::io::labelled_images set{3, 1, 3, 1, std::vector<float>(9, 0.5f), {0, 1, 0}, 2};
  std::set<std::string> seen{fingerprint_of(set).text()};
  CHECK(seen.begin()->size() == 16);
  CHECK(seen.count(fingerprint_of(set).text()) == 1);
  for (std::size_t i = 0; i < set.pixels.size(); ++i) {
    auto other = set;
    other.pixels[i] = 0.50000006f;
    CHECK(seen.insert(fingerprint_of(other).text()).second);
  }
  std::swap(set.height, set.width);
  CHECK(seen.insert(fingerprint_of(set).text()).second);
}

TEST_CASE("fingerprint: models differ by parameters, statistics and layers", "[train]") {
  using base = nn::network<nn::image<2, 4, 4>, nn::conv<"c", 2, 3>, nn::batch_norm, nn::max_pool<2>,
                           nn::flatten, nn::linear<"logits", 2>>;
  using pooled = nn::network<nn::image<2, 4, 4>, nn::conv<"c", 2, 3>, nn::batch_norm,
                             nn::average_pool<2>, nn::flatten, nn::linear<"logits", 2>>;
  nn::model<base> a(1), same(1), seed(2);
  nn::model<pooled> average(1);
  const auto text = fingerprint_of(a).text();
  CHECK(fingerprint_of(same).text() == text);
  CHECK(fingerprint_of(seed).text() != text);
  CHECK(fingerprint_of(average).text() != text);
  same.running_statistics()[0] += 1;
  CHECK(fingerprint_of(same).text() != text);
}
