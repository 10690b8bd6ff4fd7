// SPDX-License-Identifier: MIT
#include <kd/train/recorded.hpp>

#include <vector>

#include <kd/nn.hpp>
#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using network = nn::network<nn::features<3>, nn::linear<"logits", 2>>;

const kd::io::labelled_images rows{3,         1, 3, 1, {1, 0, 0, 0, 1, 0, 0, 0, 1},
                                   {0, 1, 0}, 2};  // the identity, as features

}  // namespace

TEST_CASE("recorded: the rows of the selected samples, whatever the batches were") {
  nn::model<network> teacher(1);
  for (std::int64_t size : {1, 2, 3, 100}) {
    kd::train::recorded<network> soft(teacher, rows, size);
    soft.select({2, 0});
    const auto out = soft.output<"logits">();
    CHECK(out.extents[0] == 2);
    CHECK(out.extents[1] == 2);
    teacher.forward(rows.pixels.data(), 3);
    const float* all = teacher.output<"logits">().data;
    CHECK(std::vector<float>(out.data, out.data + 4) ==
          std::vector<float>{all[4], all[5], all[0], all[1]});
  }
}

TEST_CASE("recorded: refuses sets that the network cannot read, and samples it has not recorded") {
  nn::model<network> teacher(1);
  kd::io::labelled_images wide = rows;
  wide.width = 9, wide.count = 1, wide.labels = {0};
  CHECK_THROWS_AS(kd::train::recorded<network>(teacher, wide), kd::shape_error);
  CHECK_THROWS_WITH(kd::train::recorded<network>(teacher, wide),
                    Catch::Contains("kd: the set's images are 1 x 9 with 1 channel") &&
                        Catch::Contains("the network reads rows of 3 features"));
  CHECK_THROWS_AS(kd::train::recorded<network>(teacher, rows, 0), kd::value_error);
  kd::train::recorded<network> soft(teacher, rows);
  CHECK_THROWS_AS(soft.select({0, 3}), kd::value_error);
  CHECK_THROWS_WITH(soft.select({0, 3}), Catch::Contains("kd: sample 3 is not in a set of 3"));
  CHECK_THROWS_AS(soft.select({-1}), kd::value_error);
}
