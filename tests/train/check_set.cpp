// SPDX-License-Identifier: MIT
#include <kd/train/check_set.hpp>

#include <kd/nn.hpp>
#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using of_images = nn::network<nn::image<3, 2, 4>, nn::flatten, nn::linear<"logits", 2>>;
using of_rows = nn::network<nn::features<24>, nn::linear<"scores", 5>>;

kd::io::labelled_images set_of(std::int64_t height, std::int64_t width, std::int64_t channels) {
  return {1, height, width, channels, std::vector<float>(24), {1}, 2};
}

}  // namespace

TEST_CASE("check_images: every extent counts for images, their product for features") {
  kd::train::check_images<of_images>(set_of(2, 4, 3));
  for (const auto& turned : {set_of(4, 2, 3), set_of(3, 4, 2), set_of(2, 3, 4), set_of(1, 8, 3)}) {
    CHECK_THROWS_AS(kd::train::check_images<of_images>(turned), kd::shape_error);
    kd::train::check_images<of_rows>(turned);
  }
  CHECK_THROWS_WITH(kd::train::check_images<of_images>(set_of(4, 2, 3)),
                    "kd: the set's images are 4 x 2 with 3 channels, and the network reads images "
                    "of 2 x 4 with 3 channels; resize the images or change the network's input");
}

TEST_CASE("check_labels: against the layer that is named") {
  auto set = set_of(2, 4, 3);
  kd::train::check_labels<of_images>(set);
  set.labels[0] = 4;
  kd::train::check_labels<of_rows, "scores">(set);
  CHECK_THROWS_AS(kd::train::check_labels<of_images>(set), kd::value_error);
  set.labels[0] = -1;
  CHECK_THROWS_AS((kd::train::check_labels<of_rows, "scores">(set)), kd::value_error);
}
